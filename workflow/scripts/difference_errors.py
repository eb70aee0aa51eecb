"""Measure the errors of what a better method adds to the maps of a pool."""

from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.maps.difference import DIFFERENCE_ERRORS, difference_errors
from hkmaps.molecules.difference_data import read_differences
from hkmaps.tables import write_table

with study_job(snakemake):
    inputs, params = snakemake.input, snakemake.params
    known = read_differences(
        Molecule.from_entry(params.molecule["name"], inputs.structure, params.molecule),
        inputs,
        params.sample,
        params.better,
        params.own_axes,
    )
    write_table(difference_errors(*known, params.sizes), snakemake.output[0], DIFFERENCE_ERRORS)
