"""Find the minimum of the reference energy of a molecule by forces of its engine."""

from study_job import study_job

from hkmaps.densities.fourier import FourierBasis
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.engines import reference_engine
from hkmaps.molecules.minima_results import REFERENCE_MINIMUM
from hkmaps.molecules.reference_minimum import (
    InternalCoordinates,
    reference_minimum,
    reference_minimum_table,
)
from hkmaps.tables import write_table

with study_job(snakemake) as log:
    params, table = snakemake.params, REFERENCE_MINIMUM.empty()
    molecule = Molecule.from_entry(
        params.molecule["name"], snakemake.input.structure, params.molecule
    )
    if params.coordinates is None:
        log.info("no coordinates of %s are drawn, in which a minimum had a place", molecule.name)
    else:
        coordinates = InternalCoordinates(molecule, params.coordinates)
        basis = FourierBasis(params.densities["box_length"], params.densities["frequencies"])
        engine = reference_engine(params.engine["name"], basis, params.engine["settings"])
        found = reference_minimum(molecule, engine, coordinates)
        table = reference_minimum_table(coordinates, found)
    write_table(table, snakemake.output[0], REFERENCE_MINIMUM)
