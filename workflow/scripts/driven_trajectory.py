"""Move a molecule by the forces of its map in several runs, and choose frames of the first."""

from pathlib import Path

import pandas as pd
from ase import units
from study_job import study_job

from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.molecules.classical_dynamics import DynamicsProtocol
from hkmaps.molecules.conformers import held_out_conformers
from hkmaps.molecules.map_dynamics import map_trajectory, spread_frames
from hkmaps.molecules.results import DYNAMICS_ENDS, GEOMETRIES, TRAJECTORY
from hkmaps.molecules.systems import find_molecule
from hkmaps.tables import write_table

with study_job(snakemake) as log:
    params, outputs = snakemake.params, snakemake.output
    molecule = find_molecule(snakemake.wildcards.conformer)
    molecule_map = MoleculeMap.load(Path(snakemake.input[0]).parent)
    protocol = DynamicsProtocol.in_femtoseconds(
        **params.protocol, friction=params.friction * units.fs
    )
    name = f"driven by {snakemake.wildcards.pool}"
    runs = [
        map_trajectory(
            molecule_map,
            molecule,
            protocol,
            name if run == 0 else f"{name}, run {run}",
            params.seed,
            farthest=params.farthest,
            progress=log.info,
        )
        for run in range(params.runs)
    ]
    ends = pd.concat([dynamics.end(name, run) for run, dynamics in enumerate(runs)])
    write_table(ends, outputs.ends, DYNAMICS_ENDS)
    frames = runs[0].frames
    chosen = spread_frames(frames, params.snapshots)
    snapshots = held_out_conformers(molecule, {"driven": chosen}, len(chosen))
    write_table(snapshots, outputs.snapshots, GEOMETRIES)
    write_table(frames, outputs.trajectory, TRAJECTORY)
