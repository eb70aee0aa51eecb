"""Train ML-KS with and without the symmetry of a molecule at every size, and measure its errors."""

from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.geometry.symmetry import SymmetryGroup
from hkmaps.maps.symmetric_errors import symmetric_errors
from hkmaps.maps.symmetric_results import SYMMETRIC_ERRORS
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
    errors = symmetric_errors(
        pool,
        test,
        params.sizes,
        SymmetryGroup.of(molecule, pool.frame),
        None if params.ordered else SAMPLERS[molecule.sampler],
        params.seed,
        range(params.splits),
        log.info,
    )
    write_table(errors, snakemake.output[0], SYMMETRIC_ERRORS)
