"""Train the maps of a molecule and ask them over its bond length and its angle."""

from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.energy_surface import map_surface
from hkmaps.molecules.map_data import read_pool_and_test
from hkmaps.molecules.minima_results import ENERGY_SURFACE, MAP_SURFACE
from hkmaps.molecules.sampling import SAMPLERS
from hkmaps.tables import read_table, write_table

with study_job(snakemake):
    inputs, params = snakemake.input, snakemake.params
    molecule = Molecule.from_entry(params.molecule["name"], inputs.structure, params.molecule)
    surface, found = read_table(inputs.surface, ENERGY_SURFACE), MAP_SURFACE.empty()
    if len(surface):
        pool, test = read_pool_and_test(
            molecule, inputs, params.sample, params.test, params.own_axes
        )
        sampler = SAMPLERS[molecule.sampler]
        found = map_surface(pool, surface, test, params.sizes, sampler, params.seed)
    write_table(found, snakemake.output[0], MAP_SURFACE)
