"""Draw how long molecules stay whole that maps move, and what rounds of learning make of errors."""

from study_job import study_job

from hkmaps.maps.results import MAP_TESTS
from hkmaps.molecules.results import DYNAMICS_ENDS
from hkmaps.reporting.figures.dynamics import dynamics_figure
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    inputs, settings = snakemake.input, snakemake.params.settings
    figure = dynamics_figure(
        settings["runs"],
        [read_table(path, DYNAMICS_ENDS) for path in inputs.ends],
        settings["maps"],
        [read_table(path, MAP_TESTS) for path in inputs.tests],
    )
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
