"""Draw a chunk of a sample from harmonic vibrations, or by displacing atoms at random."""

from study_job import study_job

from hkmaps.densities.fourier import FourierBasis
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.displacements import displaced_geometries, normal_mode_geometries
from hkmaps.molecules.engines import reference_engine
from hkmaps.molecules.reference_calculator import ReferenceCalculator
from hkmaps.molecules.results import GEOMETRIES
from hkmaps.tables import write_table

with study_job(snakemake):
    params, settings = snakemake.params, snakemake.params.settings
    # More geometries begin with fewer ones, so that each chunk is the end of its own.
    first = int(snakemake.wildcards.chunk) * params.chunk_size
    molecule = Molecule.from_entry(
        params.molecule["name"], snakemake.input.structure, params.molecule
    )
    name = snakemake.wildcards.sample.partition("/")[2]
    drawn, calculator = (first + params.size, params.seed), None
    if params.engine is not None:
        basis = FourierBasis(params.densities["box_length"], params.densities["frequencies"])
        calculator = ReferenceCalculator(
            reference_engine(params.engine["name"], basis, params.engine["settings"])
        )
    if "displacement" in settings:
        geometries = displaced_geometries(molecule, settings["displacement"], *drawn, name)
    else:
        temperature = settings["normal_modes"]
        geometries = normal_mode_geometries(molecule, temperature, *drawn, calculator, name)
    write_table(geometries.iloc[first:], snakemake.output[0], GEOMETRIES)
