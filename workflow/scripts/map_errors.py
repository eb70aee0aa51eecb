"""Train ML-KS and ML-HK of a molecule at every size, and measure their errors."""

import pandas as pd
from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.maps.map_errors import map_errors, per_coefficient_errors
from hkmaps.maps.results import MAP_ERRORS
from hkmaps.molecules.map_data import read_pool_and_test
from hkmaps.molecules.sampling import SAMPLERS
from hkmaps.tables import write_table

with study_job(snakemake) as log:
    params = snakemake.params
    molecule = Molecule.from_entry(
        params.molecule["name"], snakemake.input.structure, params.molecule
    )
    pool, test = read_pool_and_test(
        molecule, snakemake.input, params.sample, params.test, params.own_axes
    )
    sampler = None if params.ordered else SAMPLERS[molecule.sampler]
    chosen = params.sizes, sampler, params.seed
    tables = [map_errors(pool, test, *chosen, range(params.splits), log.info)]
    if params.per_coefficient:
        coefficients = pool.subspace.expand(pool.coordinates)
        splits = range(params.splits)
        tables.append(per_coefficient_errors(pool, coefficients, test, *chosen, splits))
    write_table(pd.concat(tables, ignore_index=True), snakemake.output[0], MAP_ERRORS)
