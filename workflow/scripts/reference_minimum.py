"""Find the minimum of the reference energy of a molecule by forces of its engine."""

from study_job import study_job

from hkmaps.densities.fourier import FourierBasis
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.engines import reference_engine
from hkmaps.molecules.minima_results import REFERENCE_MINIMUM
from hkmaps.molecules.reference_minimum import InternalCoordinates, found_minimum
from hkmaps.tables import write_table

with study_job(snakemake) as log:
    params, table = snakemake.params, REFERENCE_MINIMUM.empty()
    molecule = Molecule.from_entry(
        params.molecule["name"], snakemake.input.structure, params.molecule
    )
    if params.coordinates is None:
        log.info("no minimum of %s is looked for: none of its coordinates is drawn", molecule.name)
    else:
        coordinates = InternalCoordinates(molecule, params.coordinates)
        basis = FourierBasis(params.densities["box_length"], params.densities["frequencies"])
        engine = reference_engine(params.engine["name"], basis, params.engine["settings"])
        table = found_minimum(molecule, engine, coordinates, log.warning)
    write_table(table, snakemake.output[0], REFERENCE_MINIMUM)
