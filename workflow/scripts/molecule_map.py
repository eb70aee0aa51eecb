"""Train ML-KS or ML-HK on a whole pool and keep it."""

from pathlib import Path

from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.maps.density_subspace import DensitySubspace
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
    trained = pool.train(densities)
    trained.save(Path(snakemake.output[0]).parent)
    log.info("%s learnt %d geometries", trained.method, len(pool.energies))
