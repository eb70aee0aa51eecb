"""Kernel maps on exactly solved atoms: what paper A's conditioning does to them."""

import numpy as np
import pytest

from hkmaps.datasets.parameters import parameter_grid
from hkmaps.datasets.systems import SYSTEMS, solve_systems
from hkmaps.errors import InputError
from hkmaps.exact.grids import uniform_grid
from hkmaps.exact.potentials import potential_family
from hkmaps.exact.quantities import QUANTITIES
from hkmaps.maps.exact_systems import density_functionals, functional_errors, split_systems
from hkmaps.maps.noise import noise_response
from hkmaps.maps.results import FUNCTIONAL_ERRORS, NOISE_RESPONSE
from hkmaps.tables import read_table, write_table

SIZES = (0.0, 1e-6, 1e-5, 1e-4)


@pytest.fixture(scope="module")
def atoms():
    family = potential_family("atom")
    ranges = {"Z": (0.8, 2.0), "alpha": (0.65, 1.0)}
    parameters = parameter_grid(
        family, {name: {"start": a, "stop": b, "points": 6} for name, (a, b) in ranges.items()}
    )
    grid = uniform_grid(10, 6)
    return solve_systems(
        family,
        parameters,
        grid,
        {"length": 10.0, "density": 6.0},
        grid,
        input_points=grid.size,
        stencil=13,
    )[SYSTEMS.column_names]


@pytest.fixture(scope="module")
def errors(atoms):
    return functional_errors(atoms, "atoms")


@pytest.fixture(scope="module")
def learned(atoms):
    training, test = split_systems(atoms, "atoms")
    return density_functionals(training), test


@pytest.fixture(scope="module")
def noise(learned):
    functionals, test = learned
    return noise_response(test, "atoms", {"KRR": functionals}, SIZES, draws=4, seed=1)


def select(errors, method, functional, energy_training=None):
    rows = errors[(errors["method"] == method) & (errors["functional"] == functional)]
    if energy_training:
        rows = rows[rows["energy_training"] == energy_training]
    (row,) = rows.to_dict("records")
    return row


def slope(noise, method, functional):
    """Change of a functional per L2 norm of the noise, Ha bohr^1/2."""
    rows = noise[(noise["method"] == method) & (noise["functional"] == functional)]
    rows = rows[rows["noise"] == 1e-5]
    return (rows["response"] / rows["noise_norm"]).mean()


def test_every_functional_is_learned_by_every_method(errors, tmp_path):
    counts = errors.groupby("method").size().to_dict()
    assert counts == {"KRR": 8, "gauge-aware KRR": 2, "ML-HK": 8, "gauge-aware ML-HK": 4}
    write_table(errors, tmp_path / "errors.parquet", FUNCTIONAL_ERRORS)
    assert len(read_table(tmp_path / "errors.parquet", FUNCTIONAL_ERRORS)) == 22


def test_gauge_dependent_functionals_of_the_density_are_the_hard_ones(errors):
    hard = [select(errors, "KRR", functional)["mae"] for functional in ("E[n]", "A[n]")]
    easy = [select(errors, "KRR", functional)["mae"] for functional in ("T[n]", "Eg[n]")]
    assert min(hard) > 5 * max(easy)
    assert min(hard) > 5 * select(errors, "KRR", "E[V]")["mae"]


def test_the_gauge_aware_route_learns_the_energy_as_well_as_the_kinetic_energy(errors):
    energy = select(errors, "gauge-aware KRR", "E[n]")
    kinetic_energy = select(errors, "KRR", "T[n]")
    # At exact densities the integral of n V is exact, so the errors are the same.
    assert energy["mae"] == pytest.approx(kinetic_energy["mae"], abs=1e-12)
    assert energy["maximum"] == pytest.approx(kinetic_energy["maximum"], abs=1e-12)
    assert energy["mae"] < 0.2 * select(errors, "KRR", "E[n]")["mae"]


@pytest.mark.parametrize("energy_training", ["predicted", "reference"])
def test_through_predicted_densities_the_gauge_aware_energy_is_the_better_one(
    errors, energy_training
):
    direct = select(errors, "ML-HK", "E[V]", energy_training)
    gauge_aware = select(errors, "gauge-aware ML-HK", "E[V]", energy_training)
    assert direct["electrons_misplaced"] == gauge_aware["electrons_misplaced"] < 1e-3
    assert gauge_aware["mae"] < 0.2 * direct["mae"]
    assert gauge_aware["density_driven_mae"] < direct["density_driven_mae"]


def test_the_functional_driven_error_is_that_at_exact_densities(errors):
    through = select(errors, "ML-HK", "E[V]", "reference")
    at_exact = select(errors, "KRR", "E[n]")
    assert through["functional_driven_mae"] == pytest.approx(at_exact["mae"], rel=1e-9)
    sources = through["functional_driven_maximum"] + through["density_driven_maximum"]
    assert through["maximum"] <= sources


def test_noise_of_known_norm(noise, learned, tmp_path):
    _, test = learned
    expected = 1e-5 * np.sqrt(test.grid.size * test.grid.spacing)
    found = noise.loc[noise["noise"] == 1e-5, "noise_norm"]
    assert found.to_numpy() == pytest.approx(expected, rel=0.05)
    assert noise["draw"].nunique() == 4
    write_table(noise, tmp_path / "noise.parquet", NOISE_RESPONSE)


def test_without_noise_the_errors_are_those_of_the_functionals(noise, errors):
    for method in ("KRR", "gauge-aware KRR"):
        rows = noise[(noise["noise"] == 0) & (noise["method"] == method)]
        for row in rows.to_dict("records"):
            expected = select(errors, method, row["functional"])
            assert row["mae"] == pytest.approx(expected["mae"], rel=1e-6)
            assert row["response"] == 0


def test_noise_spoils_the_gauge_dependent_functionals(noise):
    assert slope(noise, "KRR", "E[n]") > 10 * slope(noise, "KRR", "T[n]")
    assert slope(noise, "KRR", "A[n]") > 10 * slope(noise, "KRR", "Eg[n]")


def test_the_gauge_aware_energy_takes_noise_as_the_kinetic_energy_does(noise, learned):
    _, test = learned
    # The integral of noise times V adds at most ||noise|| ||V||.
    potential_norm = np.sqrt((test.potentials**2).sum(axis=1) * test.grid.spacing).max()
    bound = slope(noise, "KRR", "T[n]") + potential_norm
    assert slope(noise, "gauge-aware KRR", "E[n]") < bound
    assert bound < slope(noise, "KRR", "E[n]")


def test_the_noise_depends_on_the_seed_and_the_data_set_alone(learned):
    functionals, test = learned
    seen = {}

    def record(name):
        def predict(densities):
            seen[name] = densities
            return np.zeros(len(densities))

        return predict

    for name, dataset, seed in (("first", "atoms", 1), ("other seed", "atoms", 2)):
        learner = {"KRR": functionals, "probe": {"E": record(name)}}
        noise_response(test, dataset, learner, [1e-3], draws=1, seed=seed)
    noise_response(test, "atoms", {"probe": {"E": record("alone")}}, [1e-3], draws=1, seed=1)
    assert (seen["alone"] == seen["first"]).all()
    assert (seen["other seed"] != seen["first"]).any()


def test_several_networks_count_one_by_one(learned):
    _, test = learned
    exact = dict(zip(QUANTITIES, test.quantities.T, strict=True))

    def two_networks(key):
        # Their mean is exact; each of them is not.
        return lambda densities: exact[key] + np.array([[0.1], [-0.1]])

    networks = {key: two_networks(key) for key in ("T", "Eg")}
    rows = noise_response(test, "atoms", {"CNN": networks}, [0.0], draws=1, seed=1)
    found = rows.set_index(["method", "quantity"])["mae"]
    assert found["CNN", "T"] == pytest.approx(0.1)
    assert found["gauge-aware CNN", "E"] == pytest.approx(0.1)
    assert found["gauge-aware CNN", "A"] == pytest.approx(0.2)


def test_bad_noise_and_bad_functionals_are_refused(learned, atoms):
    functionals, test = learned
    with pytest.raises(InputError, match=r"sizes -1e-05"):
        noise_response(test, "atoms", {"KRR": functionals}, [-1e-5], draws=1, seed=1)
    with pytest.raises(InputError, match="0 draws"):
        noise_response(test, "atoms", {"KRR": functionals}, [0.0], draws=0, seed=1)
    broken = {"KRR": {"E": lambda densities: densities}}
    with pytest.raises(InputError, match=r"E\[n\] by KRR gives values of the shape"):
        noise_response(test, "atoms", broken, [0.0], draws=1, seed=1)
    with pytest.raises(InputError, match="no systems with the split test"):
        functional_errors(atoms[atoms["split"] == "train"], "atoms")
