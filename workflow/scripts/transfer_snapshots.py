"""Take a chunk of the frames of map dynamics whose reference energies correct a barrier."""

from pathlib import Path

from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.driven_frames import frame_geometries
from hkmaps.molecules.observables import settled_frames
from hkmaps.molecules.results import DYNAMICS_ENDS, GEOMETRIES, MAP_FRAMES
from hkmaps.molecules.transfer_profile import transfer_frames
from hkmaps.tables import read_table, write_table

with study_job(snakemake):
    inputs, params = snakemake.input, snakemake.params
    molecule = Molecule.from_entry(params.molecule["name"], inputs.structure, params.molecule)
    frames, ends = read_table(inputs.frames, MAP_FRAMES), read_table(inputs.ends, DYNAMICS_ENDS)
    chosen = transfer_frames(
        molecule, params.transfer, settled_frames(frames, ends), params.snapshots
    )
    snapshots = frame_geometries(molecule, chosen, Path(inputs.frames).parent.name)
    # Dynamics that broke leaves none for a chunk.
    first = int(snakemake.wildcards.chunk) * params.chunk_size
    write_table(snapshots.iloc[first : first + params.chunk_size], snakemake.output[0], GEOMETRIES)
