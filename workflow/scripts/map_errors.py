"""Train ML-KS and ML-HK of a molecule at every size, and measure their errors."""

import pandas as pd
from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.maps.map_errors import map_errors, per_coefficient_errors
from hkmaps.maps.results import MAP_ERRORS
from hkmaps.molecules.further_tests import read_further_tests
from hkmaps.molecules.map_data import read_pool_and_test
from hkmaps.molecules.sampling import SAMPLERS
from hkmaps.tables import write_table

with study_job(snakemake) as log:
    inputs, outputs, params = snakemake.input, snakemake.output, snakemake.params
    molecule = Molecule.from_entry(params.molecule["name"], inputs.structure, params.molecule)
    pool, test = read_pool_and_test(molecule, inputs, params.sample, params.test, params.own_axes)
    also = read_further_tests(molecule, inputs, params.also_tests, pool, params.own_axes)
    sampler = None if params.ordered else SAMPLERS[molecule.sampler]
    chosen = params.sizes, sampler, params.seed
    splits = range(params.splits)
    tables = [map_errors(pool, test, *chosen, splits, log.info, also)]
    if params.per_coefficient:
        coefficients = pool.subspace.expand(pool.coordinates)
        tables.append(per_coefficient_errors(pool, coefficients, test, *chosen, splits))
    errors = pd.concat(tables, ignore_index=True)
    elsewhere = errors["test"].isin(params.also_tests)
    write_table(errors[elsewhere], outputs.elsewhere, MAP_ERRORS)
    write_table(errors[~elsewhere], outputs.errors, MAP_ERRORS)
