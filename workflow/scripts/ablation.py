"""Train ML-KS of a molecule without one choice of the study at a time, and measure its errors."""

from functools import partial

from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.maps.ablation import Substitutes, ablation
from hkmaps.maps.ablation_results import ABLATION, K_MEANS
from hkmaps.molecules.map_data import read_pool_and_test
from hkmaps.molecules.pool_dynamics import read_dynamics
from hkmaps.molecules.sampling import SAMPLERS, k_means
from hkmaps.tables import write_table
from hkmaps.units import ANGSTROM_PER_BOHR

with study_job(snakemake):
    inputs, params = snakemake.input, snakemake.params
    molecule = Molecule.from_entry(params.molecule["name"], inputs.structure, params.molecule)
    pool, test = read_pool_and_test(molecule, inputs, params.sample, params.test)
    dynamics = None
    if inputs.get("trajectories"):
        dynamics = read_dynamics(
            molecule,
            inputs.geometries,
            inputs.trajectories,
            inputs.test_geometries,
            inputs.test_trajectories,
        )
    # Paper B's choice; of many geometries, the best of several starts is no better.
    choices = {} if dynamics is None else {K_MEANS: partial(k_means, starts=1)}
    if molecule.sampler != "k_means" and not params.ordered:
        choices = {K_MEANS: k_means}
    settings = dict(params.substitutes)
    table = ablation(
        pool,
        test,
        params.sizes,
        None if params.ordered else SAMPLERS[molecule.sampler],
        params.seed,
        Substitutes(**settings | {"spacing": settings["spacing"] / ANGSTROM_PER_BOHR}),
        choices,
        range(params.splits),
        dynamics,
    )
    write_table(table, snakemake.output[0], ABLATION)
