"""Scan width and grid spacing of the Gaussians potential of a molecule."""

from study_job import study_job

from hkmaps.densities.fourier import FourierBasis
from hkmaps.maps.potential_descriptor import potential_spacings, potential_widths
from hkmaps.maps.results import POTENTIAL_SPACINGS, POTENTIAL_WIDTHS
from hkmaps.molecules.map_data import read_molecule_data
from hkmaps.molecules.sampling import SAMPLERS
from hkmaps.molecules.systems import find_molecule
from hkmaps.tables import write_table
from hkmaps.units import ANGSTROM_PER_BOHR

with study_job(snakemake):
    params = snakemake.params
    molecule = find_molecule(snakemake.wildcards.molecule)
    data = read_molecule_data(
        molecule,
        snakemake.input.geometries,
        snakemake.input.reference,
        FourierBasis(params.box_length, params.frequencies),
    )
    widths = potential_widths(
        data,
        params.training_points,
        range(params.splits),
        SAMPLERS[molecule.sampler],
        params.seed,
        [width / ANGSTROM_PER_BOHR for width in params.widths],
    )
    write_table(widths, snakemake.output.widths, POTENTIAL_WIDTHS)
    spacings = potential_spacings(
        data, [spacing / ANGSTROM_PER_BOHR for spacing in params.spacings]
    )
    write_table(spacings, snakemake.output.spacings, POTENTIAL_SPACINGS)
