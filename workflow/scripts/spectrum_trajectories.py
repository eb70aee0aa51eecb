"""Move a molecule at constant energy from one start, by forces of a map and of the reference."""

from pathlib import Path

import pandas as pd
from study_job import study_job

from hkmaps.densities.fourier import FourierBasis
from hkmaps.geometry.molecule import Molecule
from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.molecules.ab_initio_dynamics import ab_initio_trajectory
from hkmaps.molecules.ase_dynamics import without_rigid_motion
from hkmaps.molecules.dynamics import Start, move
from hkmaps.molecules.engines import reference_engine
from hkmaps.molecules.map_dynamics import MapForces
from hkmaps.molecules.observable_results import AB_INITIO, SAME_START
from hkmaps.molecules.observables import settled_frames
from hkmaps.molecules.results import DYNAMICS_ENDS, MAP_FRAMES, TRAJECTORY
from hkmaps.molecules.stability_test import StabilityTest
from hkmaps.tables import read_table, stack, write_table
from hkmaps.units import FEMTOSECOND_PER_ATOMIC_TIME

with study_job(snakemake) as log:
    inputs, params, outputs = snakemake.input, snakemake.params, snakemake.output
    settings = params.settings
    molecule = Molecule.from_entry(params.molecule["name"], inputs.structure, params.molecule)
    frames, ends = read_table(inputs.frames, MAP_FRAMES), read_table(inputs.ends, DYNAMICS_ENDS)
    settled = settled_frames(frames, ends)
    tables = {name: TRAJECTORY.empty() for name in (SAME_START, AB_INITIO)}
    found = [DYNAMICS_ENDS.empty()]
    if len(settled):
        # The last frame of the first run that lasted: both have the same energy in each vibration.
        first = settled[settled["run"] == settled["run"].iloc[0]].iloc[[-1]]
        positions, velocities = (
            stack(first[name]).reshape(-1, 3) for name in ("positions", "velocities")
        )
        velocities = without_rigid_motion(molecule, positions, velocities)
        steps = round(1000 * settings["length"] / settings["time_step"])
        time_step = settings["time_step"] / FEMTOSECOND_PER_ATOMIC_TIME
        (by_map,) = move(
            molecule,
            MapForces(MoleculeMap.load(Path(inputs.map).parent)),
            [Start(positions, velocities)],
            time_step,
            steps,
            range(steps + 1),
            f"dynamics of {molecule.name} at constant energy",
            stability=StabilityTest(molecule),
            progress=log.info,
        )
        basis = FourierBasis(params.densities["box_length"], params.densities["frequencies"])
        by_reference = ab_initio_trajectory(
            reference_engine(params.engine["name"], basis, params.engine["settings"]),
            molecule,
            positions,
            velocities,
            steps,
            time_step,
            f"{outputs.ab_initio}.checkpoint",
            progress=log.info,
        )
        for name, dynamics in ((SAME_START, by_map), (AB_INITIO, by_reference)):
            if len(dynamics.frames):
                tables[name] = dynamics.frames[TRAJECTORY.column_names]
            found.append(dynamics.end(name))
    write_table(pd.concat(found[1:] or found), outputs.ends, DYNAMICS_ENDS)
    write_table(tables[SAME_START], outputs.map, TRAJECTORY)
    write_table(tables[AB_INITIO], outputs.ab_initio, TRAJECTORY)
