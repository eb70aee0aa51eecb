"""Keep what jobs cost, for the estimates of later runs."""

from study_job import study_job

from hkmaps.reporting.cost import COST
from hkmaps.run.costs import kept_costs
from hkmaps.run.speed import machine_speed
from hkmaps.tables import atomic_path, read_table

with study_job(snakemake) as log:
    cost = read_table(snakemake.input.cost, COST)
    sizes = {(rule, job): size for rule, job, size in snakemake.params.sizes}
    speed = machine_speed(snakemake.params.cores)
    kept = kept_costs(cost, sizes, speed)
    with atomic_path(snakemake.output[0]) as path:
        kept.to_csv(path, index=False)
    log.info("%d costs, at %.3g rounds per second", len(kept), speed)
