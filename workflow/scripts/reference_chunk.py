"""Do the reference calculations of one chunk of a sample's geometries."""

from study_job import study_job

from hkmaps.densities.fourier import FourierBasis
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.engines import reference_engine
from hkmaps.molecules.reference import reference_table
from hkmaps.molecules.results import GEOMETRIES, REFERENCE
from hkmaps.tables import read_table, write_table

with study_job(snakemake) as log:
    inputs, params = snakemake.input, snakemake.params
    densities = params.densities
    basis = FourierBasis(densities["box_length"], densities["frequencies"])
    calculated = reference_table(
        Molecule.from_entry(params.molecule["name"], inputs.structure, params.molecule),
        read_table(inputs.geometries, GEOMETRIES),
        reference_engine(params.engine["name"], basis, params.engine["settings"]),
        progress=log.info,
        precision=densities["precision"],
        forces=params.forces,
    )
    write_table(calculated, snakemake.output[0], REFERENCE)
