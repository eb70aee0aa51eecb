"""Calculate the energies of one chunk of a sample's geometries by coupled cluster."""

from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.coupled_cluster import reference_energies
from hkmaps.molecules.results import GEOMETRIES, REFERENCE_ENERGIES
from hkmaps.tables import read_table, write_table

with study_job(snakemake) as log:
    inputs, params = snakemake.input, snakemake.params
    calculated = reference_energies(
        Molecule.from_entry(params.molecule["name"], inputs.structure, params.molecule),
        read_table(inputs.geometries, GEOMETRIES),
        params.engine["settings"]["all_electron_basis"],
        progress=log.info,
    )
    write_table(calculated, snakemake.output[0], REFERENCE_ENERGIES)
