"""Write the record of the finished study that the documentation keeps."""

from study_job import study_job

from hkmaps.reporting.record import RecordedRun, write_record
from hkmaps.reporting.repository import commit_of

with study_job(snakemake):
    params = snakemake.params
    run = RecordedRun(params.config, params.published, commit_of(params.repository))
    write_record(snakemake.output[0], "results", run)
