"""Learn what a better method adds to the maps of a pool, from all geometries that it has."""

from pathlib import Path

from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.maps.difference import DifferenceMap
from hkmaps.molecules.difference_data import read_differences

with study_job(snakemake) as log:
    inputs, params = snakemake.input, snakemake.params
    _, differences, _ = read_differences(
        Molecule.from_entry(params.molecule["name"], inputs.structure, params.molecule),
        inputs,
        params.sample,
        params.better,
        params.own_axes,
    )
    DifferenceMap.fit(differences).save(Path(snakemake.output[0]).parent)
    log.info("the difference was learnt from %d geometries", len(differences.energies))
