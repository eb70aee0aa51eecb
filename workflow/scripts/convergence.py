"""Scan grids for hydrogen and for the extreme systems of the data sets (paper A, Figure 2)."""

import pandas as pd
from study_job import study_job

from hkmaps.datasets.parameters import extreme_systems
from hkmaps.exact.convergence import CONVERGENCE, hydrogen_convergence, system_convergence
from hkmaps.exact.potentials import potential_family
from hkmaps.tables import write_table

with study_job(snakemake):
    settings = snakemake.params.settings
    scans, reference = settings["convergence"], settings["reference_grid"]
    systems = {}
    for data_set in snakemake.params.families.values():
        family = potential_family(data_set["family"])
        systems |= extreme_systems(family, data_set["parameters"])
    hydrogen = hydrogen_convergence(
        scans["hydrogen_densities"],
        scans["hydrogen_length"],
        scans["hydrogen_lengths"],
        scans["hydrogen_length_density"],
        settings["stencil"],
    )
    extremes = system_convergence(
        systems,
        scans["data_set_lengths"],
        scans["data_set_densities"],
        reference["length"],
        reference["density"],
        settings["stencil"],
    )
    table = pd.concat([hydrogen, extremes], ignore_index=True)
    write_table(table, snakemake.output[0], CONVERGENCE)
