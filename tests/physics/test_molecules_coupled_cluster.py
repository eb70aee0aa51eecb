"""CCSD(T) against exact diagonalisation, and what it refuses."""

import numpy as np
import pytest
from papers_molecules import find_molecule, random_geometries
from pyscf import fci, gto, scf

from hkmaps.errors import ConvergenceError, InputError
from hkmaps.molecules import coupled_cluster as module
from hkmaps.molecules.coupled_cluster import coupled_cluster_energies, coupled_cluster_table
from hkmaps.molecules.results import COUPLED_CLUSTER
from hkmaps.tables import read_table, write_table

H2, WATER = find_molecule("H2"), find_molecule("H2O")


def test_two_electrons_have_no_triples_and_the_exact_energy():
    positions = np.array([[0.0, 0, 0], [0, 0, 2.1]])
    hartree_fock, ccsd, triples = coupled_cluster_energies(H2.symbols, positions, "cc-pvdz")
    mole = gto.M(atom=list(zip("HH", positions, strict=True)), unit="Bohr", basis="cc-pvdz")
    mean_field = scf.RHF(mole).run(verbose=0)
    exact, _ = fci.FCI(mean_field).kernel()
    assert triples == pytest.approx(0, abs=1e-12)
    assert ccsd == pytest.approx(exact, abs=1e-7)
    assert hartree_fock > ccsd + 0.02


def test_triples_bring_water_nearer_to_the_exact_energy(monkeypatch):
    # All electrons are correlated, so that the frozen core is no difference from the exact energy.
    monkeypatch.setattr(module, "chemcore", lambda mole: 0)
    _, ccsd, triples = coupled_cluster_energies(WATER.symbols, WATER.reference_positions, "sto-3g")
    mole = gto.M(
        atom=list(zip("OHH", WATER.reference_positions, strict=True)), unit="Bohr", basis="sto-3g"
    )
    exact, _ = fci.FCI(scf.RHF(mole).run(verbose=0)).kernel()
    assert triples < 0
    assert abs(ccsd + triples - exact) < 0.7 * abs(ccsd - exact) < 1e-4


def test_the_table_holds_the_geometries_in_order(tmp_path):
    geometries = random_geometries(H2, 5, seed=1).iloc[1:4]
    messages = []
    table = coupled_cluster_table(H2, geometries, "sto-3g", messages.append)
    write_table(table, tmp_path / "table.parquet", COUPLED_CLUSTER)
    read = read_table(tmp_path / "table.parquet", COUPLED_CLUSTER)
    assert read["geometry"].tolist() == [1, 2, 3]
    assert (read["energy"] < read["hartree_fock_energy"]).all()
    assert messages == ["3/3 geometries by CCSD(T)/sto-3g"]


def test_a_geometry_that_does_not_converge_is_a_row_that_says_so(tmp_path, monkeypatch):
    geometries = random_geometries(H2, 5, seed=1).iloc[:2]
    energies = module.coupled_cluster_energies

    def failing(symbols, positions, orbital_basis):
        if np.array_equal(positions.ravel(), geometries["positions"].iloc[0]):
            raise ConvergenceError("CCSD of HH with sto-3g did not converge.")
        return energies(symbols, positions, orbital_basis)

    monkeypatch.setattr(module, "coupled_cluster_energies", failing)
    table = coupled_cluster_table(H2, geometries, "sto-3g")
    write_table(table, tmp_path / "table.parquet", COUPLED_CLUSTER)
    read = read_table(tmp_path / "table.parquet", COUPLED_CLUSTER)
    assert read["energy"].isna().tolist() == [True, False]
    assert read["failure"].iloc[0] == "CCSD of HH with sto-3g did not converge."


@pytest.mark.filterwarnings("ignore:Basis may be available")
def test_what_cannot_be_calculated_is_one_sentence(monkeypatch):
    with pytest.raises(InputError, match="no basis set 'cc-none' for HH"):
        coupled_cluster_energies(H2.symbols, H2.reference_positions, "cc-none")
    monkeypatch.setattr(module, "TOLERANCE", 1e-300)
    with pytest.raises(ConvergenceError, match="Hartree-Fock of HH with sto-3g did not converge"):
        coupled_cluster_energies(H2.symbols, H2.reference_positions, "sto-3g")
