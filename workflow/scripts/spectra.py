"""Compare the vibrations of a molecule that a map moves with those that the reference moves."""

import pandas as pd
from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.observable_results import AB_INITIO, SAME_START, SPECTRA
from hkmaps.molecules.observables import spectrum_table
from hkmaps.molecules.results import TRAJECTORY
from hkmaps.tables import read_table, write_table

with study_job(snakemake):
    inputs, entry = snakemake.input, snakemake.params.molecule
    molecule = Molecule.from_entry(entry["name"], inputs.structure, entry)
    trajectories = {
        SAME_START: read_table(inputs.map, TRAJECTORY),
        AB_INITIO: read_table(inputs.ab_initio, TRAJECTORY),
    }
    # Lines of a longer trajectory would be sharper.
    frames = min(map(len, trajectories.values()))
    tables = [
        spectrum_table(molecule, name, trajectory[:frames])
        for name, trajectory in trajectories.items()
    ]
    write_table(pd.concat(tables, ignore_index=True), snakemake.output[0], SPECTRA)
