"""Train ML-KS or ML-HK on a whole pool and keep it."""

import os
from pathlib import Path

from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.maps.density_subspace import DensitySubspace
from hkmaps.maps.molecule_map import SUBSPACE_FILE
from hkmaps.molecules.map_data import read_sample_data

with study_job(snakemake) as log:
    inputs, params = snakemake.input, snakemake.params
    densities = inputs.get("coordinates") is not None
    pool = read_sample_data(
        Molecule.from_entry(params.molecule["name"], inputs.structure, params.molecule),
        params.sample,
        inputs.geometries,
        inputs.energies,
        inputs.get("coordinates"),
        DensitySubspace.load(inputs.subspace) if densities else None,
        params.own_axes,
    )
    trained = pool.train(densities, forces=params.forces, say=log.info)
    folder = Path(snakemake.output[0]).parent
    beside = folder / SUBSPACE_FILE
    if densities and not beside.exists():
        # Maps from energies and from forces share it: it is by far the largest part.
        folder.mkdir(parents=True, exist_ok=True)
        os.link(inputs.subspace, beside)
    trained.save(folder)
    log.info(
        "%s learnt %s of %d geometries",
        trained.method,
        trained.learned_from,
        len(pool.energies),
    )
