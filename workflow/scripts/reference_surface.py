"""Calculate the energy of a molecule over its bond length and its angle."""

from study_job import study_job

from hkmaps.densities.fourier import FourierBasis
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.energy_surface import reference_surface, spans_surface
from hkmaps.molecules.engines import reference_engine
from hkmaps.molecules.minima_results import ENERGY_SURFACE
from hkmaps.molecules.reference_minimum import InternalCoordinates
from hkmaps.tables import write_table

with study_job(snakemake) as log:
    params = snakemake.params
    molecule = Molecule.from_entry(
        params.molecule["name"], snakemake.input.structure, params.molecule
    )
    coordinates = InternalCoordinates(molecule, params.coordinates or [])
    surface = ENERGY_SURFACE.empty()
    if spans_surface(coordinates):
        basis = FourierBasis(params.densities["box_length"], params.densities["frequencies"])
        engine = reference_engine(params.engine["name"], basis, params.engine["settings"])
        surface = reference_surface(molecule, engine, coordinates, params.points, log.info)
    else:
        log.info("the drawn coordinates of %s are not one bond length and an angle", molecule.name)
    write_table(surface, snakemake.output[0], ENERGY_SURFACE)
