"""Count how many reference calculations of each sample converged."""

from study_job import study_job

from hkmaps.molecules.reference import count_calculations
from hkmaps.molecules.results import REFERENCE_CALCULATIONS, REFERENCE_ENERGIES
from hkmaps.reporting.engine_tables import reference_calculations_markdown
from hkmaps.tables import atomic_path, read_table, write_table

with study_job(snakemake) as log:
    params, outputs = snakemake.params, snakemake.output
    energies = {
        sample: read_table(path, REFERENCE_ENERGIES)
        for sample, path in zip(params.samples, snakemake.input, strict=True)
    }
    counts = count_calculations(energies, params.allowed_failures)
    for row in counts[counts["failed"] > 0].itertuples():
        log.warning(
            "%d of %d reference calculations of %s failed, the first with: %s",
            row.failed,
            row.geometries,
            row.sample,
            row.failure,
        )
    write_table(counts, outputs.table, REFERENCE_CALCULATIONS)
    with atomic_path(outputs.markdown) as path:
        path.write_text(reference_calculations_markdown(counts, energies), encoding="utf-8")
