"""Densities that ML-HK learns from self-consistent ones keep their electrons."""

import numpy as np
import pytest
from papers_molecules import find_molecule, random_geometries

from hkmaps.densities.fourier import FourierBasis
from hkmaps.maps.density_subspace import DensitySubspace
from hkmaps.maps.sample_data import SampleData
from hkmaps.molecules.engines import reference_engine
from hkmaps.molecules.reference import reference_table
from hkmaps.tables import stack

BASIS = FourierBasis(length=20.0, frequencies=8)
SETTINGS = {"orbital_basis": "gth-szv", "grid_level": 0}


@pytest.mark.filterwarnings("ignore::hkmaps.kernels.cross_validation.SearchEdgeWarning")
@pytest.mark.parametrize(("name", "electrons"), [("H2", 2), ("H2O", 8)])
def test_predicted_densities_hold_the_valence_electrons(name, electrons):
    molecule = find_molecule(name)
    geometries = random_geometries(molecule, 20, seed=2)
    engine = reference_engine("pyscf", BASIS, SETTINGS)
    reference = reference_table(molecule, geometries, engine, precision="double")
    densities = stack(reference["coefficients"])
    assert BASIS.electron_count(densities) == pytest.approx(electrons, abs=1e-8)
    subspace = DensitySubspace.spanning(BASIS, densities)
    sample = SampleData(
        name,
        "drawn",
        molecule.symbols,
        molecule.charges,
        molecule.frame,
        np.arange(20),
        stack(geometries["positions"]).reshape(20, -1, 3),
        reference["energy"].to_numpy(),
        subspace,
        subspace.project(densities),
    )
    learnt_from, tested = sample.random_split(5, 0, seed=2)
    model = sample.rows(learnt_from).train()
    predicted = model.coefficients(sample.positions[tested])
    errors = BASIS.norm(predicted - densities[tested]) / BASIS.norm(densities[tested])
    assert BASIS.electron_count(predicted) == pytest.approx(electrons, rel=3 * errors.max())
    assert BASIS.electron_count(predicted) == pytest.approx(electrons, rel=1e-3)
