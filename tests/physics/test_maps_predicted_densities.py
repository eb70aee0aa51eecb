"""Densities that ML-HK learns from self-consistent ones keep their electrons."""

import numpy as np
import pytest

from hkmaps.densities.fourier import FourierBasis
from hkmaps.maps.molecule_data import MoleculeData
from hkmaps.maps.molecules import predict_linear, train_hohenberg_kohn
from hkmaps.molecules.engines import reference_engine
from hkmaps.molecules.geometries import random_geometries
from hkmaps.molecules.reference import reference_table
from hkmaps.molecules.systems import find_molecule

BASIS = FourierBasis(length=20.0, frequencies=8)
SETTINGS = {"orbital_basis": "gth-szv", "grid_level": 0}


@pytest.mark.filterwarnings("ignore::hkmaps.kernels.cross_validation.SearchEdgeWarning")
@pytest.mark.parametrize(("name", "electrons"), [("H2", 2), ("H2O", 8)])
def test_predicted_densities_hold_the_valence_electrons(name, electrons):
    molecule = find_molecule(name)
    geometries = random_geometries(molecule, 20, 5, seed=2)
    engine = reference_engine("pyscf", BASIS, SETTINGS)
    reference = reference_table(molecule, geometries, engine, precision="double")
    data = MoleculeData.from_tables(
        name, molecule.symbols, molecule.charges, BASIS, geometries, reference
    )
    assert BASIS.electron_count(data.coefficients) == pytest.approx(electrons, abs=1e-8)
    pool, test = data.split(0, seed=2)
    model = train_hohenberg_kohn(data, pool, data.coefficients)
    predicted = model.predict_coefficients(data.charges, data.positions[test])
    reference_densities = data.coefficients[test]
    errors = BASIS.norm(predicted - reference_densities) / BASIS.norm(reference_densities)
    assert BASIS.electron_count(predicted) == pytest.approx(electrons, rel=3 * errors.max())
    assert BASIS.electron_count(predicted) == pytest.approx(electrons, rel=1e-3)
    span = train_hohenberg_kohn(data, pool, data.span_coordinates)
    linear = predict_linear(span, data.coefficients[pool], data.charges, data.positions[test])
    counts = BASIS.electron_count(linear)
    assert np.abs(counts - BASIS.electron_count(predicted)).max() < 1e-8
