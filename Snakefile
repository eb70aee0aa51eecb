"""Machine-learned maps in density functional theory: two papers, figure by figure."""

from snakemake.utils import min_version

min_version("9.10")


# Of this repository, wherever the study runs.
configfile: workflow.current_basedir.join("config/config.yaml").get_path_or_uri(secret_free=True)


include: "workflow/rules/common.smk"
include: "workflow/rules/model_systems.smk"
include: "workflow/rules/networks.smk"
include: "workflow/rules/conditioning.smk"
include: "workflow/rules/molecules.smk"
include: "workflow/rules/maps.smk"
include: "workflow/rules/conformers.smk"
include: "workflow/rules/draws.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/faults.smk"
include: "workflow/rules/progress.smk"
include: "workflow/rules/slurm.smk"


onstart:
    expect_writable()
    forget_future_times()
    if workflow.executor_plugin.name == "slurm":
        start_on_slurm()
    tell_progress()


rule all:
    default_target: True
    input:
        study_targets(),
