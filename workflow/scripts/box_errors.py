"""Learn maps of one electron over Gaussian dips and measure them on other potentials."""

from study_job import study_job

from hkmaps.maps.box import box_errors
from hkmaps.maps.box_results import BOX_ERRORS
from hkmaps.tables import write_table

with study_job(snakemake) as log:
    errors = box_errors(**snakemake.params.box, seed=snakemake.params.seed, say=log.info)
    write_table(errors, snakemake.output[0], BOX_ERRORS)
