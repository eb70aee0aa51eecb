"""Compare settings of the reference engine on a few conformers of a molecule."""

from study_job import study_job

from hkmaps.densities.fourier import FourierBasis
from hkmaps.molecules.engine_accuracy import engine_accuracy_table
from hkmaps.molecules.engines import reference_engine
from hkmaps.molecules.results import ENGINE_ACCURACY, GEOMETRIES, TIGHT
from hkmaps.molecules.systems import find_molecule
from hkmaps.tables import read_table, write_table

with study_job(snakemake) as log:
    params = snakemake.params
    basis = FourierBasis(params.box_length, params.frequencies)
    engines = {
        name: reference_engine(params.engine, basis, settings)
        for name, settings in params.settings.items()
    }
    tight = engines.pop(TIGHT)
    geometries = read_table(snakemake.input[0], GEOMETRIES)
    # Evenly spread over the test trajectories.
    chosen = geometries[:: max(1, len(geometries) // params.geometries)][: params.geometries]
    molecule = find_molecule(snakemake.wildcards.conformer)
    accuracy = engine_accuracy_table(molecule, chosen, engines, tight, progress=log.info)
    write_table(accuracy, snakemake.output[0], ENGINE_ACCURACY)
