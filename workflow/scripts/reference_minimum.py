"""Find the minimum of the reference energy of a molecule by forces of its engine."""

from study_job import study_job

from hkmaps.densities.fourier import FourierBasis
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.engines import reference_engine
from hkmaps.molecules.minima_results import REFERENCE_MINIMUM
from hkmaps.molecules.reference_minimum import (
    InternalCoordinates,
    reference_minimum,
    reference_minimum_table,
)
from hkmaps.tables import write_table

with study_job(snakemake):
    params = snakemake.params
    molecule = Molecule.from_entry(
        params.molecule["name"], snakemake.input.structure, params.molecule
    )
    coordinates = InternalCoordinates(molecule, params.coordinates)
    basis = FourierBasis(params.densities["box_length"], params.densities["frequencies"])
    engine = reference_engine(params.engine["name"], basis, params.engine["settings"])
    found = reference_minimum(molecule, engine, coordinates)
    write_table(reference_minimum_table(coordinates, found), snakemake.output[0], REFERENCE_MINIMUM)
