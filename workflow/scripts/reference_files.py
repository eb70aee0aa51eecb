"""Take a sample's geometries, and what is known of them, from files that the user has."""

from study_job import study_job

from hkmaps.densities.fourier import FourierBasis
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.reference_files import ReferenceFiles
from hkmaps.molecules.results import GEOMETRIES, REFERENCE, REFERENCE_ENERGIES
from hkmaps.molecules.sampling import nested_choice
from hkmaps.seeds import stream_seed
from hkmaps.tables import write_table

with study_job(snakemake) as log:
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    molecule = Molecule.from_entry(params.molecule["name"], inputs.structure, params.molecule)
    files, chosen = ReferenceFiles.from_settings(params.files), None
    if params.choose is not None:
        stream = stream_seed(params.seed, "molecules", molecule.name, "files", params.sample)
        chosen = nested_choice(files.positions(molecule), params.choose, stream)
    geometries = files.geometry_table(molecule, log.info, chosen)
    size = params.chunk_size or len(geometries)
    for number, path in enumerate(output.geometries):
        write_table(geometries.iloc[number * size : (number + 1) * size], path, GEOMETRIES)
    if "densities" in files.known:
        densities = params.densities
        basis = FourierBasis(densities["box_length"], densities["frequencies"])
        chunks, precision = len(output.reference), densities["precision"]
        tables = files.reference_tables(molecule, geometries, basis, chunks, precision)
        for path, table in zip(output.reference, tables, strict=True):
            write_table(table, path, REFERENCE)
            log.info("%d geometries up to %d", len(table), table["geometry"].iloc[-1])
    elif "energies" in files.known:
        energies = files.energy_table(molecule, geometries)
        write_table(energies, output.energies[0], REFERENCE_ENERGIES)
