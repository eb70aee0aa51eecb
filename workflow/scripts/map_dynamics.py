"""Move a molecule by the forces of its map, all runs at once."""

from pathlib import Path

from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.molecules.dynamics import Checkpoint
from hkmaps.molecules.dynamics_protocol import DynamicsProtocol
from hkmaps.molecules.map_dynamics import map_dynamics
from hkmaps.molecules.results import DYNAMICS_ENDS, MAP_FRAMES
from hkmaps.molecules.trajectory_files import write_trajectory
from hkmaps.tables import write_table

with study_job(snakemake) as log:
    inputs, params, outputs = snakemake.input, snakemake.params, snakemake.output
    wildcards = snakemake.wildcards
    molecule = Molecule.from_entry(params.molecule["name"], inputs.structure, params.molecule)
    dynamics = map_dynamics(
        MoleculeMap.load(Path(inputs.map).parent),
        molecule,
        DynamicsProtocol.in_femtoseconds(**params.protocol),
        params.temperatures,
        f"{wildcards.dynamics} by {wildcards.method} of {wildcards.sample.rpartition('/')[2]}",
        params.seed,
        checkpoint=Checkpoint(f"{outputs.frames}.checkpoint"),
        progress=log.info,
    )
    write_trajectory(outputs.trajectory, molecule, dynamics.frames)
    write_table(dynamics.ends, outputs.ends, DYNAMICS_ENDS)
    write_table(dynamics.frames, outputs.frames, MAP_FRAMES)
