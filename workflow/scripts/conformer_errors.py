"""Train ML-KS and ML-HK of a pool at every size, and measure them on the test set."""

from study_job import study_job

from hkmaps.maps.conformers import conformer_errors
from hkmaps.maps.density_subspace import DensitySubspace
from hkmaps.maps.results import CONFORMER_ERRORS
from hkmaps.molecules.map_data import read_conformer_data
from hkmaps.molecules.results import POOL, TEST
from hkmaps.molecules.sampling import SAMPLERS
from hkmaps.molecules.systems import find_molecule
from hkmaps.tables import write_table

with study_job(snakemake):
    inputs, params = snakemake.input, snakemake.params
    molecule = find_molecule(snakemake.wildcards.conformer.partition("/")[0])
    subspace = DensitySubspace.load(inputs.subspace)
    training, test = (
        read_conformer_data(molecule, split, geometries, energies, inputs.coordinates, subspace)
        for split, geometries, energies in (
            (POOL, inputs.pool, inputs.pool_energies),
            (TEST, inputs.test, inputs.test_energies),
        )
    )
    errors = conformer_errors(
        training,
        test,
        snakemake.wildcards.pool,
        params.training_points,
        SAMPLERS[molecule.sampler],
        params.seed,
    )
    write_table(errors, snakemake.output[0], CONFORMER_ERRORS)
