"""Find the few dimensions that the densities of a pool and of the test set span."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from study_job import study_job

from hkmaps.densities.fourier import FourierBasis
from hkmaps.maps.density_subspace import DensitySubspace
from hkmaps.maps.results import DENSITY_COORDINATES
from hkmaps.molecules.results import POOL, REFERENCE, TEST
from hkmaps.tables import read_table, stack, write_table


def densities(paths: list[str], split: str) -> Iterator[tuple[pd.DataFrame, np.ndarray]]:
    """Yield which geometries converged, and their coefficients, chunk by chunk."""
    for path in paths:
        chunk = read_table(path, REFERENCE, ["geometry", "converged", "coefficients"])
        chunk = chunk[chunk["converged"].astype(bool)]
        if len(chunk):
            yield chunk[["geometry"]].assign(split=split), stack(chunk["coefficients"])


with study_job(snakemake) as log:
    chunks = [
        *densities(snakemake.input.pool, POOL),
        *densities(snakemake.input.test, TEST),
    ]
    basis = FourierBasis(snakemake.params.box_length, snakemake.params.frequencies)
    subspace = DensitySubspace.spanning(basis, [coefficients for _, coefficients in chunks])
    log.info(
        "%d dimensions; at most %.1e of a density is left out", subspace.rank, subspace.residual
    )
    rows = pd.concat([geometries for geometries, _ in chunks], ignore_index=True)
    rows["coordinates"] = [
        row for _, coefficients in chunks for row in subspace.project(coefficients)
    ]
    subspace.save(snakemake.output.subspace)
    columns = DENSITY_COORDINATES.column_names
    write_table(rows[columns], snakemake.output.coordinates, DENSITY_COORDINATES)
