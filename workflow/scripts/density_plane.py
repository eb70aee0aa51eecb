"""Compare densities on the plane of a molecule: Fourier basis, map, another functional."""

from pathlib import Path

import pandas as pd
from study_job import study_job

from hkmaps.densities.fourier import FourierBasis
from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.molecules.density_plane import density_plane
from hkmaps.molecules.density_plane_results import DENSITY_PLANE
from hkmaps.molecules.pyscf_engine import PyscfEngine
from hkmaps.molecules.results import GEOMETRIES
from hkmaps.tables import read_table, stack, write_table

with study_job(snakemake) as log:
    inputs, params = snakemake.input, snakemake.params
    basis = FourierBasis(params.densities["box_length"], params.densities["frequencies"])
    geometries = pd.concat(
        [read_table(path, GEOMETRIES) for path in inputs.geometries], ignore_index=True
    )
    # Of the test set, any geometry will do.
    positions = stack(geometries["positions"].head(1)).reshape(-1, 3)
    model = MoleculeMap.load(Path(inputs.map).parent)
    engine = PyscfEngine(basis, **params.engine["settings"])
    plane = density_plane(engine, model, positions, say=log.warning)
    write_table(plane, snakemake.output[0], DENSITY_PLANE)
