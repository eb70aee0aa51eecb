"""Measure how far the uncertainty of a map holds on sets of frames."""

from pathlib import Path

import pandas as pd
from study_job import study_job

from hkmaps.maps.calibration import frame_uncertainties, map_calibration
from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.maps.results import FRAME_UNCERTAINTIES, MAP_CALIBRATION
from hkmaps.molecules.results import GEOMETRIES, REFERENCE_ENERGIES, TRAJECTORY
from hkmaps.tables import read_table, stack, write_table


def calculated(geometries: str, energies: str) -> tuple[pd.Series, pd.Series]:
    """Positions and energies of a sample whose calculations converged."""
    places = read_table(geometries, GEOMETRIES, ["geometry", "positions"]).set_index("geometry")
    known = read_table(energies, REFERENCE_ENERGIES, ["geometry", "converged", "energy"])
    known = known[known["converged"].astype(bool)]
    return places.loc[known["geometry"], "positions"], known["energy"]


def moved(trajectory: str) -> tuple[pd.Series, pd.Series]:
    """Positions and energies of dynamics by forces of the reference."""
    frames = read_table(trajectory, TRAJECTORY)
    return frames["positions"], frames["potential_energy"]


with study_job(snakemake) as log:
    inputs, params = snakemake.input, snakemake.params
    model = MoleculeMap.load(Path(inputs.map).parent)
    samples = zip(inputs.get("geometries", []), inputs.get("energies", []), strict=True)
    sets = [calculated(*paths) for paths in samples]
    sets += [moved(path) for path in inputs.get("trajectories", [])]
    tables = []
    for name, (positions, energies) in zip(params.sets, sets, strict=True):
        places = stack(positions).reshape(len(positions), len(model.symbols), 3)
        tables.append(frame_uncertainties(model, params.sample, name, places, energies))
    frames = pd.concat(tables, ignore_index=True)
    write_table(frames, snakemake.output.frames, FRAME_UNCERTAINTIES)
    found = map_calibration(frames)
    for row in found.itertuples():
        log.info("%s: %.0f %% within 90 %%", row.frames, 100 * row.within_90)
    write_table(found, snakemake.output.calibration, MAP_CALIBRATION)
