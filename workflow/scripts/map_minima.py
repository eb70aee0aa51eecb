"""Find the minima of the maps of a molecule, and that of the reference calculations."""

from study_job import study_job

from hkmaps.densities.fourier import FourierBasis
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.engines import reference_engine
from hkmaps.molecules.map_data import read_pool_and_test
from hkmaps.molecules.minima import InternalCoordinates, map_minima, reference_minimum
from hkmaps.molecules.minima_results import MAP_MINIMA
from hkmaps.molecules.sampling import SAMPLERS
from hkmaps.tables import write_table

with study_job(snakemake) as log:
    params = snakemake.params
    molecule = Molecule.from_entry(
        params.molecule["name"], snakemake.input.structure, params.molecule
    )
    coordinates = InternalCoordinates(molecule, params.coordinates)
    basis = FourierBasis(params.densities["box_length"], params.densities["frequencies"])
    engine = reference_engine(params.engine["name"], basis, params.engine["settings"])
    reference = reference_minimum(molecule, engine, coordinates)
    log.info("the minimum of the reference took %d calculations", reference.evaluations)
    pool, test = read_pool_and_test(molecule, snakemake.input, params.sample, params.test)
    minima = map_minima(
        pool,
        coordinates,
        reference,
        test,
        params.sizes,
        SAMPLERS[molecule.sampler],
        params.seed,
        range(params.splits),
        log.info,
    )
    write_table(minima, snakemake.output[0], MAP_MINIMA)
