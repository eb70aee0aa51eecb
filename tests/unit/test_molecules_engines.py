"""Reference engines: their choice, their settings, and what PySCF does when it fails."""

import sys

import numpy as np
import pytest
from papers_molecules import find_molecule, random_geometries

from hkmaps.densities.fourier import FourierBasis
from hkmaps.errors import InputError
from hkmaps.molecules import pyscf_engine as module
from hkmaps.molecules.engines import SelfConsistencyError, reference_engine
from hkmaps.molecules.reference import reference_table

BASIS = FourierBasis(20.0, 8)
H2 = find_molecule("H2")
HYDROGEN = H2.reference_positions
SMALL = {"orbital_basis": "gth-szv", "grid_level": 1}


def test_an_unknown_engine_is_named():
    with pytest.raises(InputError, match="called 'gaussian'; there are pyscf"):
        reference_engine("gaussian", BASIS)


def test_a_missing_package_is_named_with_its_installation(monkeypatch):
    monkeypatch.delitem(sys.modules, "hkmaps.molecules.pyscf_engine", raising=False)
    monkeypatch.delattr("hkmaps.molecules.pyscf_engine")
    for name in [name for name in sys.modules if name.partition(".")[0] == "pyscf"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [_WithoutPyscf(), *sys.meta_path])
    with pytest.raises(InputError, match=r"needs the Python package pyscf.*`pip install pyscf`"):
        reference_engine("pyscf", BASIS)


class _WithoutPyscf:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "pyscf":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"cutoff": 90}, "no setting cutoff; its settings are functional, orbital_basis"),
        ({"fourier_basis": BASIS}, "no setting fourier_basis"),
        ({"functional": "PBX"}, "knows no functional 'PBX'"),
        ({"grid_level": 12}, "grid level of the engine pyscf is 12; it must be 0 to 9"),
        ({"tolerance": 0.0}, "The tolerance of the engine pyscf is 0.0 Ha"),
    ],
)
def test_wrong_settings_are_refused_at_once(settings, message):
    with pytest.raises(InputError, match=message):
        reference_engine("pyscf", BASIS, settings)


@pytest.mark.filterwarnings("ignore:Basis may be available")
@pytest.mark.parametrize(
    ("settings", "symbols", "message"),
    [
        ({"orbital_basis": "gth-none"}, ("H", "H"), "with the basis set 'gth-none'"),
        ({"pseudopotential": "gth-none"}, ("H", "H"), "pseudopotential 'gth-none'"),
        ({}, ("H", "Qq"), "PySCF cannot describe HQq"),
        ({}, ("O", "H"), "OH has 7 valence electrons; only closed shells"),
    ],
)
def test_what_pyscf_cannot_calculate_is_one_sentence(settings, symbols, message):
    engine = reference_engine("pyscf", BASIS, settings)
    with pytest.raises(InputError, match=message) as caught:
        engine.calculate(symbols, HYDROGEN)
    assert "\n" not in str(caught.value)


def test_the_description_holds_every_setting():
    default = reference_engine("pyscf", BASIS).description
    changes = {
        "functional": "LDA,VWN",
        "orbital_basis": "gth-dzvp",
        "pseudopotential": "gth-lda",
        "density_fitting": False,
        "grid_level": 5,
        "tolerance": 1e-7,
    }
    described = {reference_engine("pyscf", BASIS, {k: v}).description for k, v in changes.items()}
    assert len(described - {default}) == len(changes)
    assert default.startswith(f"pyscf {module.pyscf.__version__}, PBE, gth-tzv2p, gth-pbe, with")


@pytest.mark.parametrize("attempt", module.ATTEMPTS[1:], ids=lambda attempt: attempt.name)
def test_each_sturdier_attempt_rescues_an_scf_that_failed(monkeypatch, attempt):
    engine = reference_engine("pyscf", BASIS, SMALL)
    plain = engine.calculate(H2.symbols, HYDROGEN)
    stopped = module.Attempt("a single step", {"max_cycle": 1})
    monkeypatch.setattr(module, "ATTEMPTS", (stopped, attempt))
    rescued = engine.calculate(H2.symbols, HYDROGEN)
    assert rescued.energy == pytest.approx(plain.energy, abs=1e-8)
    assert rescued.iterations >= 2
    np.testing.assert_allclose(rescued.coefficients, plain.coefficients, atol=1e-5)


def test_without_convergence_there_is_no_energy(monkeypatch):
    engine = reference_engine("pyscf", BASIS, SMALL)
    attempts = (
        module.Attempt("one step", {"max_cycle": 1}),
        module.Attempt("another step", {"max_cycle": 1}),
    )
    monkeypatch.setattr(module, "ATTEMPTS", attempts)
    with pytest.raises(SelfConsistencyError, match=r"in 2 iterations of one step, another step\."):
        engine.calculate(H2.symbols, HYDROGEN)
    table = reference_table(H2, random_geometries(H2, 2, seed=1), engine)
    assert not table["converged"].any()
    assert table["energy"].isna().all()
    assert table["iterations"].tolist() == [2, 2]
