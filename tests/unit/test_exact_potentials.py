import numpy as np
import pytest

from hkmaps.errors import InputError
from hkmaps.exact.potentials import (
    FAMILIES,
    Parameter,
    PotentialFamily,
    potential_family,
    soft_coulomb_interaction,
)

X = np.array([-2.0, 0.0, 1.0])


def test_atom_is_equation_1():
    potential = potential_family("atom").potential(X, Z=2.0, alpha=0.5)
    assert potential == pytest.approx([-2 / 2.5, -2 / 0.5, -2 / 1.5])


def test_diatomic_is_equation_2():
    potential = potential_family("diatomic").potential(X, Z=1.0, alpha=0.5, r=2.0)
    assert potential == pytest.approx([-1 / 3.5 - 1 / 1.5, -1 / 1.5 - 1 / 1.5, -1 / 0.5 - 1 / 2.5])


def test_united_diatomic_is_an_atom_of_twice_the_charge():
    united = potential_family("diatomic").potential(X, Z=1.0, alpha=0.75, r=0.0)
    assert united == pytest.approx(potential_family("atom").potential(X, Z=2.0, alpha=0.75))


def test_families_that_paper_a_names_are_what_their_names_say():
    dip = potential_family("gaussian_dip").potential(X, a=2.0, c=0.5)
    assert dip == pytest.approx([-2 * np.exp(-8), -2, -2 * np.exp(-2)])
    sinusoid = potential_family("sinusoid").potential(X, a=3.0, k=np.pi / 2)
    assert sinusoid == pytest.approx([3, -3, 0])
    polynomial = potential_family("polynomial").potential(X, c2=-1.0, c4=0.5)
    assert polynomial == pytest.approx([4, 0, -0.5])


def test_interaction_is_equation_4():
    interaction = soft_coulomb_interaction(X)
    assert interaction[0] == pytest.approx([1, 1 / 3, 1 / 4])
    assert np.array_equal(interaction, interaction.T)
    scaled = soft_coulomb_interaction(X, strength=2.0, softening=0.5)
    assert scaled[1, 2] == pytest.approx(2 / 1.5)
    with pytest.raises(InputError, match="softening"):
        soft_coulomb_interaction(X, softening=0.0)


def test_unknown_family_is_answered_with_the_known_ones():
    with pytest.raises(InputError, match=r"'triatomic'; the known families are atom, diatomic"):
        potential_family("triatomic")


@pytest.mark.parametrize(
    ("family", "parameters", "message"),
    [
        ("atom", {"Z": 1.0, "alpha": -0.5}, "alpha .* is -0.5; .* greater than 0"),
        ("atom", {"Z": 1.0, "alpha": 0.0}, "alpha .* is 0.0; .* greater than 0"),
        ("atom", {"Z": 0.0, "alpha": 0.5}, "Z .* is 0.0"),
        ("atom", {"Z": float("nan"), "alpha": 0.5}, "Z .* is nan"),
        ("atom", {"Z": "one", "alpha": 0.5}, "Z .* is 'one'"),
        ("atom", {"Z": 1.0}, "takes exactly Z, alpha"),
        ("atom", {"Z": 1.0, "alpha": 0.5, "r": 2.0}, "takes exactly Z, alpha"),
        ("diatomic", {"Z": 1.0, "alpha": 0.5, "r": -1.0}, "r .* is -1.0; .* at least 0"),
        ("polynomial", {"c2": np.nan, "c4": 1.0}, "c2 .* is nan; it must be a finite number\\.$"),
        ("polynomial", {"c2": -1.0, "c4": -1.0}, "c4 .* is -1.0; .* at least 0"),
    ],
)
def test_bad_parameters_are_refused_by_name(family, parameters, message):
    with pytest.raises(InputError, match=message):
        potential_family(family).potential(X, **parameters)


def test_a_new_family_joins_by_one_entry(monkeypatch):
    stiffness = Parameter("omega", "Ha", "frequency of the oscillator")
    oscillator = PotentialFamily("oscillator", (stiffness,), lambda x, omega: 0.5 * omega**2 * x**2)
    monkeypatch.setitem(FAMILIES, oscillator.name, oscillator)
    assert potential_family("oscillator").potential(X, omega=2.0) == pytest.approx([8, 0, 2])


def test_every_parameter_says_what_it_is():
    for family in FAMILIES.values():
        assert all(p.unit and p.description for p in family.parameters)
