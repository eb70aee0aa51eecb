"""Add noise to densities of a molecule and see how far each way to its energy is thrown off."""

from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.maps.density_noise_results import DENSITY_NOISE
from hkmaps.maps.universal_functional import density_noise
from hkmaps.molecules.local_potential import nuclear_repulsion, potential_coordinates
from hkmaps.molecules.map_data import read_pool_and_test
from hkmaps.tables import write_table

with study_job(snakemake) as log:
    inputs, params = snakemake.input, snakemake.params
    molecule = Molecule.from_entry(params.molecule["name"], inputs.structure, params.molecule)
    pool, test = read_pool_and_test(molecule, inputs, params.sample, params.test, params.own_axes)
    noise = DENSITY_NOISE.empty()
    if params.pseudopotential is None or pool.subspace is None:
        log.info("the potential or the densities of %s are not known", molecule.name)
    else:
        of_atoms = pool.symbols, pool.positions, params.pseudopotential
        noise = density_noise(
            pool,
            potential_coordinates(pool.subspace, *of_atoms),
            nuclear_repulsion(*of_atoms),
            test,
            params.noise["sizes"],
            params.noise["draws"],
            params.seed,
            # Hydrogen's pseudopotential has no non-local part.
            universal=set(pool.symbols) == {"H"},
        )
    write_table(noise, snakemake.output[0], DENSITY_NOISE)
