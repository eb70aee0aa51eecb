"""Add noise to the test densities and see how far each learned functional of n is thrown off."""

from functools import partial
from pathlib import Path

from study_job import study_job

from hkmaps.datasets.functionals import Functional
from hkmaps.datasets.systems import SYSTEMS
from hkmaps.maps.exact_systems import density_functionals, split_systems
from hkmaps.maps.noise import noise_response
from hkmaps.maps.results import NOISE_RESPONSE
from hkmaps.networks.trained import TrainedFunctional
from hkmaps.tables import read_table, write_table

with study_job(snakemake):
    params, data_set = snakemake.params, snakemake.wildcards.data_set
    systems = read_table(snakemake.input.systems, SYSTEMS)
    training, test = split_systems(systems, data_set)
    networks = {}
    for path in map(Path, snakemake.input.ensembles):
        # Each repeat by itself, so that without noise the error is that of Table 1.
        trained = TrainedFunctional.load(path)
        quantity = Functional.from_path_name(path.parent.name).quantity
        networks[quantity] = partial(trained.predict_repeats, x=test.grid.points)
    learned = {"KRR": density_functionals(training), "CNN": networks}
    response = noise_response(test, data_set, learned, params.noise, params.draws, params.seed)
    write_table(response, snakemake.output[0], NOISE_RESPONSE)
