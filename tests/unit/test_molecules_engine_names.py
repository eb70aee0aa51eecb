"""Names that are not asked for are known, and those that are refused are not."""

import pytest
from papers_molecules import entries, find_molecule

from hkmaps.densities.fourier import FourierBasis
from hkmaps.errors import InputError
from hkmaps.molecules.coupled_cluster import all_electron_mole
from hkmaps.molecules.engine_names import (
    USUAL,
    USUAL_ALL_ELECTRON,
    expect_espresso_functional,
)
from hkmaps.molecules.pyscf_engine import PyscfEngine


def test_pyscf_knows_the_names_that_it_is_not_asked_for():
    symbols = sorted({symbol for name in entries() for symbol in find_molecule(name).symbols})
    assert symbols == ["C", "H", "O"]
    # Twice each, so that the number of electrons is even.
    symbols = (*symbols, *symbols)
    positions = [[0.0, 0.0, 2.0 * number] for number in range(len(symbols))]
    for functional in USUAL["functional"]:
        for basis in USUAL["orbital_basis"]:
            for pseudopotential in USUAL["pseudopotential"]:
                engine = PyscfEngine(FourierBasis(20, 2), functional, basis, pseudopotential)
                assert engine.mole(symbols, positions).nelectron == 2 * (4 + 1 + 6)
    for basis in USUAL_ALL_ELECTRON:
        assert all_electron_mole(symbols, positions, basis).nelectron == 2 * (6 + 1 + 8)


@pytest.mark.parametrize("name", ["PBE", "pbesol", "sla+pw+pbx+pbc", "vdW-DF2", "XC-001I-004I"])
def test_quantum_espresso_is_given_names_that_it_may_know(name):
    expect_espresso_functional(name)


@pytest.mark.parametrize("name", ["PPE", "PBE-D3", "", "+", "gth-pbe"])
def test_quantum_espresso_is_not_given_others(name):
    with pytest.raises(InputError, match="knows no functional"):
        expect_espresso_functional(name)
