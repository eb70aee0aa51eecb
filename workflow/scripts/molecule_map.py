"""Train ML-HK and ML-KS on a whole pool and keep them."""

from pathlib import Path

from study_job import study_job

from hkmaps.maps.density_subspace import DensitySubspace
from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.molecules.file_alignment import frame_of_files
from hkmaps.molecules.map_data import read_conformer_data
from hkmaps.molecules.results import POOL
from hkmaps.molecules.systems import find_molecule

with study_job(snakemake) as log:
    inputs = snakemake.input
    molecule = find_molecule(snakemake.wildcards.conformer)
    subspace = DensitySubspace.load(inputs.subspace)
    data = read_conformer_data(
        molecule, POOL, inputs.pool, inputs.pool_energies, inputs.coordinates, subspace
    )
    frame = molecule.frame
    if snakemake.params.from_files:
        # Their densities have the axes of the file.
        frame = frame_of_files(molecule, data.positions)
    known = (molecule.name, molecule.symbols, data.charges, frame)
    maps = {
        "hohenberg_kohn": MoleculeMap.fit(
            *known, data.positions, data.energies, data.coordinates, subspace
        ),
        "kohn_sham": MoleculeMap.fit(*known, data.positions, data.energies),
    }
    for name, trained in maps.items():
        trained.save(Path(snakemake.output[name]).parent)
        log.info("%s learnt %d geometries", trained.method, len(data.energies))
