"""Choose what the next round learns from: the frames that the map is least certain of."""

from pathlib import Path

from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.molecules.driven_frames import frame_geometries, frame_positions, thermal_frames
from hkmaps.molecules.results import GEOMETRIES, MAP_FRAMES
from hkmaps.tables import read_table, write_table
from hkmaps.units import KCAL_PER_MOL_PER_HARTREE

with study_job(snakemake) as log:
    inputs, params = snakemake.input, snakemake.params
    molecule = Molecule.from_entry(params.molecule["name"], inputs.structure, params.molecule)
    frames, chosen = read_table(inputs.frames, MAP_FRAMES), []
    if len(frames):
        molecule_map = MoleculeMap.load(Path(inputs.map).parent)
        lowest = molecule_map.energies(molecule_map.training_positions).min()
        frames, visited = thermal_frames(molecule, frames, lowest), len(frames)
        log.info("%d of %d frames lie before a run left the thermal range", len(frames), visited)
    # All runs start at a training geometry, and one that broke at once leaves nothing else.
    frames = frames[frames["frame"] > 0]
    if len(frames):
        chosen = molecule_map.least_certain(
            frame_positions(molecule, frames), params.add, params.above / KCAL_PER_MOL_PER_HARTREE
        )
    log.info("%d of them are to be learnt", len(chosen))
    known = len(read_table(inputs.geometries, GEOMETRIES, ["geometry"]))
    dynamics = Path(inputs.frames).parent.name
    table = frame_geometries(molecule, frames.iloc[chosen], dynamics, known)
    first = int(snakemake.wildcards.chunk) * params.chunk_size
    write_table(table.iloc[first : first + params.chunk_size], snakemake.output[0], GEOMETRIES)
