"""Find the minima of the maps of a molecule by Powell's method."""

from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.map_data import read_pool_and_test
from hkmaps.molecules.minima import map_minima
from hkmaps.molecules.minima_results import MAP_MINIMA, REFERENCE_MINIMUM
from hkmaps.molecules.reference_minimum import InternalCoordinates
from hkmaps.molecules.sampling import SAMPLERS
from hkmaps.tables import read_table, write_table

with study_job(snakemake) as log:
    params = snakemake.params
    molecule = Molecule.from_entry(
        params.molecule["name"], snakemake.input.structure, params.molecule
    )
    reference = read_table(snakemake.input.minimum, REFERENCE_MINIMUM)
    minima = MAP_MINIMA.empty()
    if len(reference):
        pool, test = read_pool_and_test(
            molecule, snakemake.input, params.sample, params.test, params.own_axes
        )
        minima = map_minima(
            pool,
            InternalCoordinates(molecule, params.coordinates),
            reference,
            test,
            params.sizes,
            SAMPLERS[molecule.sampler],
            params.seed,
            range(params.splits),
            log.info,
        )
    write_table(minima, snakemake.output[0], MAP_MINIMA)
