"""Draw internal coordinates of a chunk of a sample."""

from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.drawn_coordinates import drawn_geometries
from hkmaps.molecules.results import GEOMETRIES
from hkmaps.tables import write_table

with study_job(snakemake):
    params = snakemake.params
    # More geometries begin with fewer ones, so that each chunk is the end of its own.
    first = int(snakemake.wildcards.chunk) * params.chunk_size
    geometries = drawn_geometries(
        Molecule.from_entry(params.molecule["name"], snakemake.input.structure, params.molecule),
        params.settings["coordinates"],
        first + params.size,
        params.seed,
        snakemake.wildcards.sample.partition("/")[2],
    )
    write_table(geometries.iloc[first:], snakemake.output[0], GEOMETRIES)
