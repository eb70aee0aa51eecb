"""Train ML-KS and ML-HK of a molecule on every split and size, and measure their errors."""

import pandas as pd
from study_job import study_job

from hkmaps.densities.fourier import FourierBasis
from hkmaps.maps.molecules import HYPERPARAMETERS, molecule_errors
from hkmaps.maps.results import MOLECULE_ERRORS
from hkmaps.molecules.map_data import read_molecule_data
from hkmaps.molecules.sampling import SAMPLERS
from hkmaps.molecules.systems import find_molecule
from hkmaps.tables import write_table

with study_job(snakemake) as log:
    params = snakemake.params
    molecule = find_molecule(snakemake.wildcards.molecule)
    data = read_molecule_data(
        molecule,
        snakemake.input.geometries,
        snakemake.input.reference,
        FourierBasis(params.box_length, params.frequencies),
    )
    tables = []
    for hyperparameters in HYPERPARAMETERS:
        for split in range(params.splits):
            log.info("%s hyper-parameters, split %d of %d", hyperparameters, split, params.splits)
            tables.append(
                molecule_errors(
                    data,
                    params.training_points,
                    [split],
                    SAMPLERS[molecule.sampler],
                    params.seed,
                    hyperparameters,
                )
            )
    errors = pd.concat(tables, ignore_index=True).drop_duplicates(ignore_index=True)
    write_table(errors, snakemake.output[0], MOLECULE_ERRORS)
