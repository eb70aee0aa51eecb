"""Take a sample's geometries, energies and densities from files that the user has."""

from study_job import study_job

from hkmaps.densities.fourier import FourierBasis
from hkmaps.molecules.file_alignment import alignment_report
from hkmaps.molecules.reference_files import ReferenceFiles
from hkmaps.molecules.results import GEOMETRIES, REFERENCE
from hkmaps.molecules.systems import find_molecule
from hkmaps.tables import stack, write_table

with study_job(snakemake) as log:
    params, output = snakemake.params, snakemake.output
    molecule = find_molecule(params.sample.partition("/")[0])
    files = ReferenceFiles.from_settings(params.files)
    geometries = files.geometry_table(molecule, params.seed, log.info)
    positions = stack(geometries["positions"]).reshape(len(geometries), -1, 3)
    log.info("%s", alignment_report(molecule, positions))
    write_table(geometries, output.geometries, GEOMETRIES)
    basis = FourierBasis(params.box_length, params.frequencies)
    tables = files.reference_tables(
        molecule, geometries, basis, len(output.chunks), params.precision
    )
    for path, table in zip(output.chunks, tables, strict=True):
        write_table(table, path, REFERENCE)
        log.info("%d geometries up to %d", len(table), table["geometry"].iloc[-1])
