"""Predict the density of a typical test geometry, for the figures."""

from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.maps.molecule_planes import predicted_density
from hkmaps.maps.results import PREDICTED_DENSITY
from hkmaps.molecules.map_data import read_pool_and_test
from hkmaps.molecules.sampling import SAMPLERS
from hkmaps.tables import write_table

with study_job(snakemake):
    params = snakemake.params
    molecule = Molecule.from_entry(
        params.molecule["name"], snakemake.input.structure, params.molecule
    )
    pool, test = read_pool_and_test(
        molecule, snakemake.input, params.sample, params.test, params.own_axes
    )
    sampler = None if params.ordered else SAMPLERS[molecule.sampler]
    predicted = predicted_density(pool, test, max(params.sizes), sampler, params.seed)
    write_table(predicted, snakemake.output[0], PREDICTED_DENSITY)
