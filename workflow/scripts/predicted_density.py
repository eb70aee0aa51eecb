"""Predict the density of a typical test geometry, for the figures."""

from study_job import study_job

from hkmaps.densities.fourier import FourierBasis
from hkmaps.maps.molecule_planes import predicted_density
from hkmaps.maps.results import PREDICTED_DENSITY
from hkmaps.molecules.map_data import read_molecule_data
from hkmaps.molecules.sampling import SAMPLERS
from hkmaps.molecules.systems import find_molecule
from hkmaps.tables import write_table

with study_job(snakemake):
    params = snakemake.params
    molecule = find_molecule(snakemake.wildcards.molecule)
    data = read_molecule_data(
        molecule,
        snakemake.input.geometries,
        snakemake.input.reference,
        FourierBasis(params.box_length, params.frequencies),
    )
    predicted = predicted_density(
        data, params.training_points, SAMPLERS[molecule.sampler], params.seed
    )
    write_table(predicted, snakemake.output[0], PREDICTED_DENSITY)
