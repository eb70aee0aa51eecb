"""Move a molecule by the forces of its map in several runs."""

from pathlib import Path

import pandas as pd
from ase import units
from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.molecules.dynamics_protocol import DynamicsProtocol
from hkmaps.molecules.map_dynamics import map_trajectory
from hkmaps.molecules.results import DYNAMICS_ENDS, TRAJECTORY
from hkmaps.tables import write_table

with study_job(snakemake) as log:
    params, outputs, settings = snakemake.params, snakemake.output, snakemake.params.settings
    molecule = Molecule.from_entry(
        params.molecule["name"], snakemake.input.structure, params.molecule
    )
    molecule_map = MoleculeMap.load(Path(snakemake.input.hohenberg_kohn).parent)
    times = {key: 1000 * settings[key] for key in ("equilibration", "length", "interval")}
    protocol = DynamicsProtocol.in_femtoseconds(
        temperature=settings["temperature"],
        time_step=settings["time_step"],
        friction=settings["friction"] * units.fs,
        **times,
    )
    name = f"driven by {snakemake.wildcards.sample.rpartition('/')[2]}"
    runs = [
        map_trajectory(
            molecule_map,
            molecule,
            protocol,
            name if run == 0 else f"{name}, run {run}",
            params.seed,
            farthest=settings["farthest"],
            progress=log.info,
        )
        for run in range(settings["runs"])
    ]
    ends = pd.concat([dynamics.end(name, run) for run, dynamics in enumerate(runs)])
    write_table(ends, outputs.ends, DYNAMICS_ENDS)
    write_table(runs[0].frames, outputs.trajectory, TRAJECTORY)
