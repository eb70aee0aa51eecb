"""Compare settings of the reference engine on a few test geometries of a molecule."""

import pandas as pd
from study_job import study_job

from hkmaps.densities.fourier import FourierBasis
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.engine_accuracy import engine_accuracy_table
from hkmaps.molecules.engines import reference_engine
from hkmaps.molecules.results import ENGINE_ACCURACY, GEOMETRIES, TIGHT
from hkmaps.tables import read_table, write_table

with study_job(snakemake) as log:
    inputs, params = snakemake.input, snakemake.params
    basis = FourierBasis(params.densities["box_length"], params.densities["frequencies"])
    engines = {
        name: reference_engine(params.engine, basis, settings)
        for name, settings in params.settings.items()
    }
    tight = engines.pop(TIGHT)
    geometries = pd.concat(
        [read_table(path, GEOMETRIES) for path in inputs.geometries], ignore_index=True
    )
    # Evenly spread over the test trajectories.
    chosen = geometries[:: max(1, len(geometries) // params.geometries)][: params.geometries]
    molecule = Molecule.from_entry(params.molecule["name"], inputs.structure, params.molecule)
    accuracy = engine_accuracy_table(molecule, chosen, engines, tight, progress=log.info)
    write_table(accuracy, snakemake.output[0], ENGINE_ACCURACY)
