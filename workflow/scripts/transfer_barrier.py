"""Find the free-energy barrier of a proton transfer, by a map and by the reference."""

from pathlib import Path

import numpy as np
from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.molecules.driven_frames import frame_positions
from hkmaps.molecules.observable_results import OBSERVABLES, PROFILES
from hkmaps.molecules.observables import settled_frames
from hkmaps.molecules.proton_transfer import transfer_coordinates
from hkmaps.molecules.results import DYNAMICS_ENDS, GEOMETRIES, MAP_FRAMES, REFERENCE_ENERGIES
from hkmaps.molecules.transfer_profile import (
    barrier_table,
    correction,
    is_symmetric,
    near_bottom,
    near_top,
    profile_table,
    run_coordinates,
    transfer_profile,
)
from hkmaps.seeds import random_stream
from hkmaps.tables import read_table, write_table

with study_job(snakemake):
    inputs, params, outputs = snakemake.input, snakemake.params, snakemake.output
    dynamics, transfer = Path(inputs.frames).parent.name, params.transfer
    molecule = Molecule.from_entry(params.molecule["name"], inputs.structure, params.molecule)
    frames = read_table(inputs.frames, MAP_FRAMES)
    settled = settled_frames(frames, read_table(inputs.ends, DYNAMICS_ENDS))
    observables, profiles = OBSERVABLES.empty(), PROFILES.empty()
    if len(settled):
        stream = random_stream(params.seed, "molecules", molecule.name, "barrier", dynamics)
        temperature = float(settled["temperature"].iloc[0])
        symmetric = is_symmetric(molecule, transfer)
        runs = run_coordinates(molecule, transfer, settled)
        profile = transfer_profile(runs, temperature, symmetric, stream)
        geometries = read_table(inputs.geometries, GEOMETRIES)
        energies = read_table(inputs.energies, REFERENCE_ENERGIES)
        converged = energies["converged"].astype(bool).to_numpy()
        known = frame_positions(molecule, geometries[converged])
        differences, coordinates = np.empty(0), np.empty(0)
        if len(known):
            learned = MoleculeMap.load(Path(inputs.map).parent).energies(known)
            differences = energies["energy"][converged].to_numpy() - learned
            coordinates = transfer_coordinates(transfer, known)
        parts = near_top(profile, coordinates), near_bottom(profile, coordinates, symmetric)
        corrections = [correction(differences[part], temperature, stream) for part in parts]
        counts = len(runs), sum(map(len, runs))
        observables = barrier_table(molecule, dynamics, profile, counts, *corrections)
        profiles = profile_table(molecule, dynamics, profile)
    write_table(observables, outputs.observables, OBSERVABLES)
    write_table(profiles, outputs.profiles, PROFILES)
