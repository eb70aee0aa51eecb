"""Compare two diatomics as paper A states its Figure 12 and as its numbers were made."""

from study_job import study_job

from hkmaps.conditioning.diatomics import COMPARISONS, compare_diatomics
from hkmaps.tables import write_table

with study_job(snakemake):
    figure, stencil = snakemake.params.figure, snakemake.params.stencil
    variants = {"as stated": figure["as_stated"], "as printed": figure["as_printed"]}
    compared = compare_diatomics(variants, figure["separations"], figure["Z"], stencil)
    write_table(compared, snakemake.output[0], COMPARISONS)
