"""List the layers of the network (paper A, Figure 7)."""

from study_job import study_job

from hkmaps.networks.architecture import architecture_table
from hkmaps.networks.cnn import Architecture
from hkmaps.networks.results import ARCHITECTURE
from hkmaps.tables import write_table

with study_job(snakemake):
    layers = architecture_table(Architecture(), snakemake.params.input_points)
    write_table(layers, snakemake.output[0], ARCHITECTURE)
