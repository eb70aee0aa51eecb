"""Move a molecule by the forces of its map, and choose the frames that are calculated."""

from pathlib import Path

from ase import units
from study_job import study_job

from hkmaps.errors import ConvergenceError
from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.molecules.classical_dynamics import DynamicsProtocol
from hkmaps.molecules.conformers import held_out_conformers
from hkmaps.molecules.map_dynamics import map_trajectory
from hkmaps.molecules.results import GEOMETRIES, TRAJECTORY
from hkmaps.molecules.systems import find_molecule
from hkmaps.tables import write_table

with study_job(snakemake) as log:
    params, outputs = snakemake.params, snakemake.output
    molecule = find_molecule(snakemake.wildcards.conformer)
    trajectory = map_trajectory(
        MoleculeMap.load(Path(snakemake.input[0]).parent),
        molecule,
        DynamicsProtocol.in_femtoseconds(**params.protocol, friction=params.friction * units.fs),
        f"driven by {snakemake.wildcards.pool}",
        params.seed,
        farthest=params.farthest,
        ends_early=True,
        progress=log.info,
    )
    if len(trajectory) < params.snapshots:
        raise ConvergenceError(
            f"The dynamics of {molecule.name} on the learned energy left the domain of its map"
            f" after {len(trajectory)} frames, fewer than trajectories.driven.snapshots:"
            f" {params.snapshots}; lower that key or trajectories.driven.temperature, or learn from"
            " more geometries."
        )
    # Evenly spread, the last frame among them.
    every = max(1, len(trajectory) // params.snapshots)
    spread = trajectory[::-1][::every][: params.snapshots][::-1]
    snapshots = held_out_conformers(molecule, {"driven": spread}, params.snapshots)
    write_table(snapshots, outputs.snapshots, GEOMETRIES)
    write_table(trajectory, outputs.trajectory, TRAJECTORY)
