"""Take a chunk of another sample's geometries."""

from study_job import study_job

from hkmaps.molecules.results import GEOMETRIES
from hkmaps.tables import read_table, write_table

with study_job(snakemake):
    params = snakemake.params
    geometries = read_table(snakemake.input[0], GEOMETRIES)
    wanted = geometries[geometries["geometry"] >= params.first]
    # Without a size all are taken: the other sample is that of a file.
    write_table(wanted.head(params.size or len(wanted)), snakemake.output[0], GEOMETRIES)
