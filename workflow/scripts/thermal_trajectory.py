"""Move a molecule by forces of the reference engine at a temperature, from a test geometry."""

import pandas as pd
from study_job import study_job

from hkmaps.densities.fourier import FourierBasis
from hkmaps.errors import InputError
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.ab_initio_dynamics import ab_initio_trajectory
from hkmaps.molecules.ase_dynamics import thermal_velocities
from hkmaps.molecules.dynamics_protocol import DynamicsProtocol
from hkmaps.molecules.engines import reference_engine
from hkmaps.molecules.geometries import expect_positions
from hkmaps.molecules.results import DYNAMICS_ENDS, GEOMETRIES, TRAJECTORY
from hkmaps.seeds import random_stream
from hkmaps.tables import read_table, stack, write_table

with study_job(snakemake) as log:
    inputs, params, outputs = snakemake.input, snakemake.params, snakemake.output
    settings, run = params.settings, int(snakemake.wildcards.number)
    molecule = Molecule.from_entry(params.molecule["name"], inputs.structure, params.molecule)
    protocol = DynamicsProtocol.in_femtoseconds(
        settings["temperature"],
        *(1000 * settings[time] for time in ("equilibration", "length", "interval")),
        settings["time_step"],
        settings["friction"] / 1000,
    )
    geometries = pd.concat(
        [read_table(path, GEOMETRIES) for path in inputs.geometries], ignore_index=True
    )
    if geometries.empty:
        raise InputError(f"{inputs.geometries[0]} holds no geometry for dynamics to begin at.")
    # Geometries of a sample are in the order of its trajectories: the runs are spread over it.
    row = int((run + 0.5) * len(geometries) / settings["runs"])
    positions = expect_positions(molecule, stack(geometries["positions"]))[row]
    stream = random_stream(params.seed, "molecules", molecule.name, "thermal trajectory", run)
    velocities = thermal_velocities(molecule, protocol.temperature, stream)
    basis = FourierBasis(params.densities["box_length"], params.densities["frequencies"])
    begin, every = protocol.warm_up_steps, protocol.steps_per_snapshot
    steps = begin + protocol.snapshots * every
    dynamics = ab_initio_trajectory(
        reference_engine(params.engine["name"], basis, params.engine["settings"]),
        molecule,
        positions,
        velocities,
        steps,
        protocol.time_step,
        f"{outputs.trajectory}.checkpoint",
        progress=log.info,
        frames=range(begin, steps + 1, every),
        temperature=protocol.temperature,
        friction=protocol.friction,
        stream=stream if protocol.friction else None,
    )
    write_table(dynamics.end(f"thermal_{run}", run), outputs.ends, DYNAMICS_ENDS)
    write_table(dynamics.frames, outputs.trajectory, TRAJECTORY)
