"""Do the reference calculations of one chunk of a molecule's geometries."""

from study_job import study_job

from hkmaps.densities.fourier import FourierBasis
from hkmaps.molecules.engines import reference_engine
from hkmaps.molecules.reference import reference_table
from hkmaps.molecules.results import GEOMETRIES, REFERENCE
from hkmaps.molecules.systems import find_molecule
from hkmaps.tables import read_table, write_table

with study_job(snakemake) as log:
    params = snakemake.params
    geometries = read_table(snakemake.input[0], GEOMETRIES)
    first = int(snakemake.wildcards.chunk) * params.chunk_size
    basis = FourierBasis(params.box_length, params.frequencies)
    calculated = reference_table(
        find_molecule(snakemake.wildcards.sample.partition("/")[0]),
        geometries.iloc[first : first + params.chunk_size],
        reference_engine(params.engine["name"], basis, params.engine["settings"]),
        progress=log.info,
        precision=params.precision,
    )
    write_table(calculated, snakemake.output[0], REFERENCE)
