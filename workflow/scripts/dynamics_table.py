"""Sum up how long molecules stay whole that maps move, and how far the maps err there."""

from study_job import study_job

from hkmaps.maps.results import MAP_TESTS
from hkmaps.molecules.results import DYNAMICS_ENDS
from hkmaps.reporting.dynamics_tables import DYNAMICS, dynamics_markdown, dynamics_table
from hkmaps.tables import atomic_path, read_table, write_table

with study_job(snakemake):
    inputs, settings = snakemake.input, snakemake.params.settings
    tests = {
        tuple(name): read_table(path, MAP_TESTS)
        for name, path in zip(settings["maps"], inputs.tests, strict=True)
    }
    table = dynamics_table(
        settings["runs"],
        [read_table(path, DYNAMICS_ENDS) for path in inputs.ends],
        [tests.get((sample, method)) for sample, method, _ in settings["runs"]],
    )
    write_table(table, snakemake.output.table, DYNAMICS)
    with atomic_path(snakemake.output.markdown) as path:
        path.write_text(dynamics_markdown(table), encoding="utf-8")
