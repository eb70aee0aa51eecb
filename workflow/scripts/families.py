"""Compare families of potentials: errors of E[n] and A[n], near-constant shifts, sensitivities."""

from study_job import study_job

from hkmaps.conditioning.pairs import PAIRS
from hkmaps.reporting.family_tables import FAMILIES_TABLE, compare_families, families_markdown
from hkmaps.reporting.printed_pair import figure10_pair
from hkmaps.reporting.published import read_published
from hkmaps.reporting.range_tables import OUTPUT_RANGES
from hkmaps.tables import atomic_path, read_table, write_table

with study_job(snakemake):
    inputs = snakemake.input
    pairs = {
        name: read_table(path, PAIRS)
        for name, path in zip(snakemake.params.data_sets, inputs.pairs, strict=True)
    }
    printed = figure10_pair(read_table(inputs.atom_pairs, PAIRS), read_published(inputs.published))
    near = float(printed["constant_shift_deviation"])
    table = compare_families(read_table(inputs.ranges, OUTPUT_RANGES), pairs, near)
    write_table(table, snakemake.output.table, FAMILIES_TABLE)
    with atomic_path(snakemake.output.markdown) as path:
        path.write_text(families_markdown(table, near), encoding="utf-8")
