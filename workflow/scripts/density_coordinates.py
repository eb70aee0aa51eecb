"""Project the densities of a test sample on the subspace of the pool that maps learn from."""

from study_job import study_job

from hkmaps.maps.density_subspace import DensitySubspace
from hkmaps.maps.results import DENSITY_COORDINATES
from hkmaps.molecules.map_data import density_coordinates, read_densities
from hkmaps.tables import write_table

with study_job(snakemake) as log:
    subspace = DensitySubspace.load(snakemake.input.subspace)
    geometries, densities = read_densities(snakemake.input.chunks)
    # Dynamics that broke at once leaves none.
    table = DENSITY_COORDINATES.empty()
    if densities:
        table = density_coordinates(geometries, densities, subspace)
        log.info("At most %.1e of a density is outside of the subspace", table["residual"].max())
    write_table(table, snakemake.output[0], DENSITY_COORDINATES)
