"""Sum up the errors of the maps of one's own molecule: table, Markdown, learning curve."""

import pandas as pd
from study_job import study_job

from hkmaps.maps.molecule_summary import summarise_molecules
from hkmaps.maps.results import MAP_ERRORS, MOLECULE_SUMMARY
from hkmaps.reporting.figures.conformers import conformer_curves
from hkmaps.reporting.own_tables import own_errors_markdown
from hkmaps.reporting.style import save_figure
from hkmaps.tables import atomic_path, read_table, write_table

with study_job(snakemake) as log:
    outputs = snakemake.output
    errors = pd.concat(
        [read_table(path, MAP_ERRORS) for path in snakemake.input], ignore_index=True
    )
    write_table(summarise_molecules(errors), outputs.table, MOLECULE_SUMMARY)
    text = own_errors_markdown(errors)
    with atomic_path(outputs.markdown) as path:
        path.write_text(text, encoding="utf-8")
    save_figure(conformer_curves(errors), outputs.png, outputs.pdf)
    for sentence in text.splitlines():
        if sentence.startswith(("## ", "- ")):
            log.info(sentence.lstrip("#- "))
