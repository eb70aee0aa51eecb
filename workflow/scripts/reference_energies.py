"""Gather a sample's energies and let them pass if few enough calculations failed."""

import pandas as pd
from study_job import study_job

from hkmaps.molecules.reference import expect_converged
from hkmaps.molecules.results import REFERENCE, REFERENCE_ENERGIES
from hkmaps.molecules.systems import find_molecule
from hkmaps.tables import read_table, write_table

with study_job(snakemake):
    # The densities stay where they are.
    columns = REFERENCE_ENERGIES.column_names
    chunks = [read_table(path, REFERENCE, columns) for path in snakemake.input]
    energies = pd.concat(chunks, ignore_index=True)
    molecule = find_molecule(snakemake.wildcards.sample.partition("/")[0])
    expect_converged(energies, molecule, snakemake.params.allowed_failures)
    write_table(energies, snakemake.output[0], REFERENCE_ENERGIES)
