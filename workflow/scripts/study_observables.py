"""Draw what dynamics by maps shows of molecules, beside the reference."""

import pandas as pd
from study_job import study_job

from hkmaps.molecules.observable_results import OBSERVABLES, PROFILES, SPECTRA
from hkmaps.reporting.figures.observables import observables_figure
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    # A study may have none of a kind.
    profiles, observables, spectra = (
        pd.concat(
            [schema.empty(), *(read_table(path, schema) for path in snakemake.input.get(name, []))],
            ignore_index=True,
        )
        for name, schema in (
            ("profiles", PROFILES),
            ("observables", OBSERVABLES),
            ("spectra", SPECTRA),
        )
    )
    figure = observables_figure(profiles, observables, spectra, snakemake.params.settings)
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
