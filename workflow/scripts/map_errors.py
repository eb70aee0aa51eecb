"""Train ML-KS and ML-HK of a molecule at every size, and measure their errors."""

import hashlib

import pandas as pd
from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.kept_rows import KeptRows
from hkmaps.maps.map_errors import map_errors, per_coefficient_errors
from hkmaps.maps.results import MAP_ERRORS
from hkmaps.maps.sample_data import SampleData
from hkmaps.molecules.further_tests import read_further_tests
from hkmaps.molecules.map_data import read_pool_and_test
from hkmaps.molecules.sampling import SAMPLERS
from hkmaps.tables import write_table


def identity(pool, test, also, params):
    """A hash of all that decides the errors of one size, whichever other sizes there are."""
    tests = [each.digest if isinstance(each, SampleData) else each for each in (test, *also)]
    known = (pool.digest, *tests, params.molecule, params.ordered, params.seed, params.code)
    return hashlib.sha256(repr(known).encode()).hexdigest()


with study_job(snakemake) as log:
    inputs, outputs, params = snakemake.input, snakemake.output, snakemake.params
    molecule = Molecule.from_entry(params.molecule["name"], inputs.structure, params.molecule)
    pool, test = read_pool_and_test(molecule, inputs, params.sample, params.test, params.own_axes)
    also = read_further_tests(molecule, inputs, params.also_tests, pool, params.own_axes)
    sampler = None if params.ordered else SAMPLERS[molecule.sampler]
    chosen = params.sizes, sampler, params.seed
    splits = range(params.splits)
    with KeptRows(f"{outputs.errors}.parts", identity(pool, test, also, params)) as kept:
        tables = [map_errors(pool, test, *chosen, splits, log.info, also, kept.of)]
    if params.per_coefficient:
        coefficients = pool.subspace.expand(pool.coordinates)
        tables.append(per_coefficient_errors(pool, coefficients, test, *chosen, splits))
    errors = pd.concat(tables, ignore_index=True)
    elsewhere = errors["test"].isin(params.also_tests)
    write_table(errors[elsewhere], outputs.elsewhere, MAP_ERRORS)
    write_table(errors[~elsewhere], outputs.errors, MAP_ERRORS)
