"""Find the few dimensions that the densities of a pool span."""

from study_job import study_job

from hkmaps.densities.fourier import FourierBasis
from hkmaps.maps.density_subspace import DensitySubspace
from hkmaps.maps.results import DENSITY_COORDINATES
from hkmaps.molecules.map_data import density_coordinates, read_densities
from hkmaps.tables import write_table

with study_job(snakemake) as log:
    geometries, densities = read_densities(snakemake.input)
    settings = snakemake.params.densities
    basis = FourierBasis(settings["box_length"], settings["frequencies"])
    subspace = DensitySubspace.spanning(basis, densities)
    log.info(
        "%d dimensions; at most %.1e of a density is left out", subspace.rank, subspace.residual
    )
    table = density_coordinates(geometries, densities, subspace)
    subspace.save(snakemake.output.subspace)
    write_table(table, snakemake.output.coordinates, DENSITY_COORDINATES)
