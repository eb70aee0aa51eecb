"""Train ML-KS, and ML-HK where there are densities, on a whole pool and keep them."""

from pathlib import Path

from study_job import study_job

from hkmaps.maps.density_subspace import DensitySubspace
from hkmaps.molecules.map_data import read_sample_data
from hkmaps.molecules.systems import find_molecule

with study_job(snakemake) as log:
    inputs, params = snakemake.input, snakemake.params
    of_densities = inputs.get("coordinates") is not None
    pool = read_sample_data(
        find_molecule(params.molecule),
        params.sample,
        inputs.geometries,
        inputs.energies,
        inputs.get("coordinates"),
        DensitySubspace.load(inputs.subspace) if of_densities else None,
        params.own_axes,
    )
    for densities in (False, True) if of_densities else (False,):
        trained = pool.train(densities)
        path = snakemake.output.hohenberg_kohn if densities else snakemake.output.kohn_sham
        trained.save(Path(path).parent)
        log.info("%s learnt %d geometries", trained.method, len(pool.energies))
