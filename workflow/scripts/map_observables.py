"""Measure what dynamics by a map shows, beside a trajectory of the reference where there is one."""

import numpy as np
import pandas as pd
from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.driven_frames import frame_positions
from hkmaps.molecules.observable_results import AB_INITIO, OBSERVABLES, PROFILES, SAME_START
from hkmaps.molecules.observables import (
    bond_profiles,
    bond_table,
    fluctuation_table,
    pieces,
    settled_frames,
)
from hkmaps.molecules.results import DYNAMICS_ENDS, MAP_FRAMES, TRAJECTORY
from hkmaps.tables import read_table, write_table

with study_job(snakemake):
    inputs, outputs = snakemake.input, snakemake.output
    entry = snakemake.params.molecule
    molecule = Molecule.from_entry(entry["name"], inputs.structure, entry)
    frames, ends = read_table(inputs.frames, MAP_FRAMES), read_table(inputs.ends, DYNAMICS_ENDS)
    settled = settled_frames(frames, ends)
    dynamics, compared = snakemake.wildcards.dynamics, {}
    runs = {dynamics: [frame_positions(molecule, own) for _, own in settled.groupby("run")]}
    known = {
        name: read_table(inputs[key], TRAJECTORY)
        for name, key in ((AB_INITIO, "ab_initio"), (SAME_START, "same_start"))
        if inputs.get(key) is not None
    }
    for name, trajectory in known.items():
        runs[name] = [frame_positions(molecule, trajectory)] if len(trajectory) else []
    moving = {name: trajectory for name, trajectory in known.items() if len(trajectory) > 1}
    times = {name: own["time"] - own["time"].min() for name, own in moving.items()}
    # Fluctuations grow with the time; all are of the time that each has.
    time = min((own.max() for own in times.values()), default=0.0)
    for name, trajectory in moving.items():
        part = trajectory[times[name] <= time * (1 + 1e-9)]
        compared[name] = [[frame_positions(molecule, part)]]
    tables = [bond_table(molecule, name, positions) for name, positions in runs.items()]
    if compared:
        lasted = frames[frames["run"].isin(settled["run"].unique())]
        compared[dynamics] = pieces(molecule, lasted, ends, time)
    tables += [fluctuation_table(molecule, name, own) for name, own in compared.items()]
    found = [table for table in tables if len(table)]
    observables = pd.concat(found, ignore_index=True) if found else OBSERVABLES.empty()
    every = {name: np.concatenate(own) for name, own in runs.items() if own}
    write_table(observables, outputs.observables, OBSERVABLES)
    write_table(bond_profiles(molecule, every), outputs.profiles, PROFILES)
