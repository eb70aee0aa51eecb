"""Train ML-KS and ML-HK of a molecule on every split and size, and measure their errors."""

import pandas as pd
from study_job import study_job

from hkmaps.maps.fourier import FourierBasis
from hkmaps.maps.molecule_data import MoleculeData
from hkmaps.maps.molecules import HYPERPARAMETERS, molecule_errors
from hkmaps.maps.results import MOLECULE_ERRORS
from hkmaps.molecules.results import GEOMETRIES, REFERENCE
from hkmaps.molecules.sampling import SAMPLERS
from hkmaps.molecules.systems import find_molecule
from hkmaps.tables import read_table, write_table

with study_job(snakemake) as log:
    params = snakemake.params
    molecule = find_molecule(snakemake.wildcards.molecule)
    data = MoleculeData.from_tables(
        molecule.name,
        molecule.symbols,
        molecule.charges,
        FourierBasis(params.box_length, params.frequencies),
        read_table(snakemake.input.geometries, GEOMETRIES),
        read_table(snakemake.input.reference, REFERENCE),
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
