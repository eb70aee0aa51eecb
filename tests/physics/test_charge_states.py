"""Systems of one, two and three electrons: their gauge, and what an added electron depends on."""

import numpy as np
import pandas as pd
import pytest

from hkmaps.conditioning.lipschitz import lipschitz_quotients
from hkmaps.conditioning.measures import sensitivity
from hkmaps.datasets.charge_states import CHARGE_STATE_QUANTITIES, solve_charge_states
from hkmaps.exact.grids import uniform_grid
from hkmaps.exact.potentials import PotentialFamily, potential_family, soft_atom_potential

GRID = uniform_grid(12, 3)


def solve(name, **parameters):
    table = pd.DataFrame(parameters).reset_index(names="system")
    family = name if isinstance(name, PotentialFamily) else potential_family(name)
    return solve_charge_states(family, table, GRID, 13)


@pytest.fixture(scope="module")
def atoms():
    return solve("soft_atom", Z=[3.0, 3.3, 3.7], beta=[1.2, 1.5, 1.4])


@pytest.fixture(scope="module")
def wells():
    return solve("double_well", Z=[3.5] * 2, beta=[1.5] * 2, depth=[1.8, 2.1], distance=[5.0] * 2)


def test_gauge_dependent_quantities_are_those_that_a_constant_shift_changes():
    base = potential_family("soft_atom")
    shifted = PotentialFamily(
        "shifted", base.parameters, lambda x, **values: soft_atom_potential(x, **values) + 0.25
    )
    first, second = (solve(family, Z=[3.2], beta=[1.4]) for family in (base, shifted))
    for quantity in CHARGE_STATE_QUANTITIES.values():
        learnt = first["electrons"].isin(quantity.electrons)
        changes = (second[quantity.column] - first[quantity.column])[learnt].abs()
        assert changes.min() > 0.2 if quantity.gauge_dependent else changes.max() < 1e-9
    assert np.stack(second["density"]) == pytest.approx(np.stack(first["density"]), abs=1e-7)


def test_quantities_are_those_of_the_energies(atoms):
    one, two, three = (atoms[atoms["electrons"] == n].iloc[0] for n in (1, 2, 3))
    assert two["ionisation_energy"] == one["electron_affinity"]
    assert two["ionisation_energy"] == one["total_energy"] - two["total_energy"]
    assert one["fundamental_gap"] == pytest.approx(
        two["total_energy"] - 2 * one["total_energy"], abs=1e-12
    )
    external = (two["density"] * two["potential"]).sum() * GRID.spacing
    assert two["universal_functional"] == pytest.approx(two["total_energy"] - external, abs=1e-12)
    assert np.isnan(three["electron_affinity"]) and np.isnan(three["fundamental_gap"])


def test_only_the_electron_that_is_added_notices_the_dip_of_a_double_well(wells):
    """The premise of the family: two electrons stay with the atom, the third goes to the dip."""
    right = GRID.points > 0.5
    for electrons, held in ((1, 0), (2, 0), (3, 1)):
        densities = np.stack(wells.loc[wells["electrons"] == electrons, "density"])
        assert densities[:, right].sum(axis=1) * GRID.spacing == pytest.approx(held, abs=0.03)
    two = wells[wells["electrons"] == 2]
    alike = np.linalg.norm(np.subtract(*two["density"])) * np.sqrt(GRID.spacing)
    assert alike < 1e-3
    assert abs(np.subtract(*two["fundamental_gap"])) > 0.2


def test_the_second_class_grows_with_the_distance_of_the_dip(wells):
    """The density of two electrons feels the dip by its tail, their gap by the third electron."""
    nearer = solve("double_well", Z=[3.5] * 2, beta=[1.5] * 2, depth=[1.8, 2.1], distance=[4.0] * 2)
    near, far = (
        lipschitz_quotients(states, "wells").set_index("functional")["largest"]
        for states in (nearer, wells)
    )
    assert far["G2[n]"] > 5 * near["G2[n]"]
    assert far["G2[n]"] > 100 * far["G2[V]"]


def test_quotients_are_the_sensitivities_of_paper_a(atoms):
    quotients = lipschitz_quotients(atoms, "atoms").set_index("functional")
    assert len(quotients) == 24 and (quotients["pairs"] == 3).all()
    two = atoms[atoms["electrons"] == 2]
    values, densities = two["fundamental_gap"].to_numpy(), np.stack(two["density"])
    found = [
        sensitivity(
            abs(values[i] - values[j]),
            np.sqrt(np.sum((densities[i] - densities[j]) ** 2) * GRID.spacing),
        )
        for i, j in ((0, 1), (0, 2), (1, 2))
    ]
    assert quotients.loc["G2[n]", "largest"] == pytest.approx(max(found), rel=1e-12)
    assert quotients.loc["G2[n]", "median"] == pytest.approx(np.median(found), rel=1e-12)
    assert quotients.loc["E1[V]", "largest"] < quotients.loc["E1[n]", "largest"]
