"""Draw how learned functionals respond to noise in the density."""

from study_job import study_job

from hkmaps.conditioning.pairs import PAIRS
from hkmaps.maps.results import NOISE_RESPONSE
from hkmaps.reporting.figures.maps import noise_response
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    noise = read_table(snakemake.input.noise, NOISE_RESPONSE)
    pairs = read_table(snakemake.input.pairs, PAIRS)
    figure = noise_response(noise, pairs, snakemake.wildcards.data_set)
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
