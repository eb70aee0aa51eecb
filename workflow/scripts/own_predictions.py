"""Write a sample as extended xyz: its energies, and what a map predicts of them."""

from pathlib import Path

from study_job import study_job

from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.molecules.predictions import write_predictions
from hkmaps.molecules.results import GEOMETRIES, REFERENCE_ENERGIES
from hkmaps.tables import read_table, stack

with study_job(snakemake):
    inputs = snakemake.input
    trained = MoleculeMap.load(Path(inputs.map).parent)
    geometries = read_table(inputs.geometries, GEOMETRIES, ["geometry", "positions"])
    energies = read_table(inputs.energies, REFERENCE_ENERGIES).set_index("geometry")["energy"]
    positions = stack(geometries["positions"])
    write_predictions(
        trained,
        positions.reshape(len(positions), len(trained.symbols), 3),
        snakemake.output[0],
        energies.loc[geometries["geometry"]],
    )
