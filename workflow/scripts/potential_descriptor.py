"""Scan width and grid spacing of the Gaussians potential of a molecule."""

from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.maps.potential_descriptor import potential_spacings, potential_widths
from hkmaps.maps.results import POTENTIAL_SPACINGS, POTENTIAL_WIDTHS
from hkmaps.molecules.map_data import read_pool_and_test
from hkmaps.molecules.sampling import SAMPLERS
from hkmaps.tables import write_table
from hkmaps.units import ANGSTROM_PER_BOHR

with study_job(snakemake):
    params = snakemake.params
    molecule = Molecule.from_entry(
        params.molecule["name"], snakemake.input.structure, params.molecule
    )
    pool, test = read_pool_and_test(
        molecule, snakemake.input, params.sample, params.test, params.own_axes
    )
    sampler = None if params.ordered else SAMPLERS[molecule.sampler]
    widths = potential_widths(
        pool,
        test,
        max(params.sizes),
        sampler,
        params.seed,
        [width / ANGSTROM_PER_BOHR for width in params.widths],
        range(params.splits),
    )
    write_table(widths, snakemake.output.widths, POTENTIAL_WIDTHS)
    spacings = potential_spacings(pool, [value / ANGSTROM_PER_BOHR for value in params.spacings])
    write_table(spacings, snakemake.output.spacings, POTENTIAL_SPACINGS)
