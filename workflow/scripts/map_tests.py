"""Measure the errors of a saved map on geometries that it has not seen."""

from pathlib import Path

import pandas as pd
from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.maps.map_tests import map_tests
from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.maps.results import AB_INITIO, DRIVEN, MAP_TESTS, TEST_SAMPLE
from hkmaps.molecules.geometries import expect_positions
from hkmaps.molecules.map_data import read_sample_data
from hkmaps.molecules.results import REFERENCE_ENERGIES, TRAJECTORY
from hkmaps.tables import read_table, stack, write_table

with study_job(snakemake):
    inputs, params = snakemake.input, snakemake.params
    molecule = Molecule.from_entry(params.molecule["name"], inputs.structure, params.molecule)
    molecule_map = MoleculeMap.load(Path(inputs.map).parent)
    tests = []
    for name in (TEST_SAMPLE, DRIVEN):
        prefix = name.replace(" ", "_")
        paths = [inputs.get(f"{prefix}_{table}") for table in ("geometries", "energies")]
        # Dynamics that broke at once leaves nothing to be tested on.
        if paths[1] is not None and read_table(paths[1], REFERENCE_ENERGIES)["converged"].any():
            known = read_sample_data(molecule, name, *paths)
            tests.append(
                map_tests(
                    molecule_map,
                    params.sample,
                    name,
                    known.positions,
                    known.energies,
                    known.gradients,
                    known.geometry,
                )
            )
    if inputs.get("ab_initio") is not None:
        frames = read_table(inputs.ab_initio, TRAJECTORY)
        if len(frames):
            positions = expect_positions(molecule, stack(frames["positions"]))
            energies = frames["potential_energy"].to_numpy()
            tests.append(map_tests(molecule_map, params.sample, AB_INITIO, positions, energies))
    tests = pd.concat(tests) if tests else MAP_TESTS.empty()
    write_table(tests, snakemake.output[0], MAP_TESTS)
