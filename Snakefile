"""The study, from the folder of its repository; the workflow is workflow/Snakefile."""


include: "workflow/Snakefile"


# Of an included file Snakemake keeps no default target.
workflow.default_target = "all"
