"""Compare fluctuations of atoms in dynamics by a map with those of ab-initio dynamics."""

import pandas as pd
from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.driven_frames import frame_positions
from hkmaps.molecules.observable_results import AB_INITIO, OBSERVABLES
from hkmaps.molecules.observables import fluctuation_table, pieces
from hkmaps.molecules.results import DYNAMICS_ENDS, MAP_FRAMES, TRAJECTORY
from hkmaps.tables import read_table, write_table

with study_job(snakemake):
    inputs, params = snakemake.input, snakemake.params
    molecule = Molecule.from_entry(params.molecule["name"], inputs.structure, params.molecule)
    runs = [read_table(path, TRAJECTORY) for path in inputs.get("runs") or []]
    runs = [frames for frames in runs if len(frames) > 1]
    tables = []
    if runs:
        time = max(frames["time"].max() - frames["time"].min() for frames in runs)
        known = [[frame_positions(molecule, frames)] for frames in runs]
        tables.append(fluctuation_table(molecule, AB_INITIO, known))
        for name, *paths in zip(params.frictions, inputs.frames, inputs.ends, strict=True):
            frames, ends = map(read_table, paths, (MAP_FRAMES, DYNAMICS_ENDS))
            tables.append(fluctuation_table(molecule, name, pieces(molecule, frames, ends, time)))
    tables = [table for table in tables if len(table)]
    table = pd.concat(tables, ignore_index=True) if tables else OBSERVABLES.empty()
    write_table(table, snakemake.output[0], OBSERVABLES)
