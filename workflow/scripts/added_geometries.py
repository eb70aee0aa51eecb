"""Choose what the next round learns from: the frames that the map is least certain of."""

from pathlib import Path

from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.molecules.driven_frames import frame_geometries, frame_positions
from hkmaps.molecules.results import GEOMETRIES, MAP_FRAMES
from hkmaps.tables import read_table, write_table
from hkmaps.units import KCAL_PER_MOL_PER_HARTREE

with study_job(snakemake) as log:
    inputs, params = snakemake.input, snakemake.params
    molecule = Molecule.from_entry(params.molecule["name"], inputs.structure, params.molecule)
    frames = read_table(inputs.frames, MAP_FRAMES)
    # All runs start at a training geometry, and one that broke at once leaves nothing else.
    frames, chosen = frames[frames["frame"] > 0], []
    if len(frames):
        chosen = MoleculeMap.load(Path(inputs.map).parent).least_certain(
            frame_positions(molecule, frames), params.add, params.above / KCAL_PER_MOL_PER_HARTREE
        )
    log.info("%d of %d frames are to be learnt", len(chosen), len(frames))
    known = len(read_table(inputs.geometries, GEOMETRIES, ["geometry"]))
    dynamics = Path(inputs.frames).parent.name
    table = frame_geometries(molecule, frames.iloc[chosen], dynamics, known)
    first = int(snakemake.wildcards.chunk) * params.chunk_size
    write_table(table.iloc[first : first + params.chunk_size], snakemake.output[0], GEOMETRIES)
