"""Gather a molecule's reference calculations and let them pass if few enough failed."""

import pandas as pd
from study_job import study_job

from hkmaps.molecules.reference import expect_converged
from hkmaps.molecules.results import REFERENCE
from hkmaps.molecules.systems import find_molecule
from hkmaps.tables import read_table, write_table

with study_job(snakemake):
    calculated = pd.concat(
        [read_table(path, REFERENCE) for path in snakemake.input], ignore_index=True
    )
    molecule = find_molecule(snakemake.wildcards.molecule)
    expect_converged(calculated, molecule, snakemake.params.allowed_failures)
    write_table(calculated, snakemake.output[0], REFERENCE)
