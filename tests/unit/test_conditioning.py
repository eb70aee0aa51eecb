import numpy as np
import pandas as pd
import pytest

from hkmaps.conditioning.measures import (
    constant_shift_deviation,
    constant_shift_deviation_as_printed,
    density_distance,
    density_distance_as_printed,
)
from hkmaps.conditioning.pairs import PAIRS, compare, find_printed_pair, pair_table
from hkmaps.errors import InputError
from hkmaps.exact.grids import uniform_grid
from hkmaps.tables import write_table

GRID = uniform_grid(20, 12)


def gaussian(width, centre=0.0):
    x = (GRID.points - centre) / width
    return np.exp(-0.5 * x**2) / (width * np.sqrt(2 * np.pi))


def systems(count=5):
    """Training systems whose densities are Gaussians and whose energies follow a formula."""
    width = 0.5 + 0.1 * np.arange(count)
    return pd.DataFrame(
        {
            "system": np.arange(count) + 10,
            "split": ["train"] * (count - 1) + ["test"],
            "grid_length": GRID.length,
            "potential": list(-1 / (np.abs(GRID.points) + width[:, None])),
            "density": [gaussian(w) for w in width],
            "total_energy": -1 / width,
            "electron_affinity": 0.1 / width,
            "kinetic_energy": 0.5 / width**2,
            "fundamental_gap": 0.3 * width,
        }
    )


def test_the_distance_of_equation_5_is_the_analytic_integral():
    width, shift = 0.7, 1.3
    # ||g(x) - g(x - s)||^2 = (1 - exp(-s^2 / 4 w^2)) / (w sqrt(pi)) for normalised Gaussians.
    exact = np.sqrt((1 - np.exp(-(shift**2) / (4 * width**2))) / (width * np.sqrt(np.pi)))
    measured = density_distance(gaussian(width), gaussian(width, shift), GRID.spacing)
    assert measured == pytest.approx(exact, rel=1e-10)


def test_the_printed_distance_depends_on_the_grid_and_equation_5_does_not():
    ratios = []
    for density in (6, 24):
        grid = uniform_grid(20, density)
        first, second = (np.exp(-((grid.points - c) ** 2)) for c in (0.0, 1.0))
        ratios.append(
            (
                density_distance(first, second, grid.spacing),
                density_distance_as_printed(first, second, grid.spacing) / np.sqrt(grid.spacing),
            )
        )
    assert np.ptp([ratio[0] for ratio in ratios]) < 1e-12
    assert ratios[0] == pytest.approx(ratios[1])


def test_a_constant_shift_has_no_deviation_and_a_well_has_twice_its_depth():
    potential = -1 / (np.abs(GRID.points) + 1)
    assert constant_shift_deviation(potential, potential + 0.3) == pytest.approx(0, abs=1e-12)
    depth = potential.max() - potential.min()
    assert constant_shift_deviation(potential, 0 * potential) == pytest.approx(2 * depth)


def test_every_pair_of_training_systems_is_compared_and_the_selection_has_its_size(tmp_path):
    pairs = pair_table(systems(), selected=4, seed=1, name="atoms")
    assert len(pairs) == 6 and pairs["selected"].sum() == 4
    assert set(pairs["system_a"]) | set(pairs["system_b"]) == {10, 11, 12, 13}
    write_table(pairs, tmp_path / "pairs.parquet", PAIRS)
    row = pairs.iloc[0]
    frame = systems().set_index("system")
    alone = compare(
        (frame["potential"][10], frame["potential"][11]),
        (frame["density"][10], frame["density"][11]),
        {"E": (frame["total_energy"][10], frame["total_energy"][11])},
        GRID.spacing,
    )
    assert {key: row[key] for key in alone} == pytest.approx(alone)


def test_the_selection_follows_from_seed_and_name():
    chosen = [
        tuple(pair_table(systems(20), 30, seed, name)["selected"])
        for seed, name in ((1, "atoms"), (1, "atoms"), (2, "atoms"), (1, "diatomics"))
    ]
    assert chosen[0] == chosen[1]
    assert len(set(chosen)) == 3


def test_more_pairs_than_there_are_is_refused():
    with pytest.raises(InputError, match=r"has 6 pairs of training systems.*asks for 7"):
        pair_table(systems(), selected=7, seed=1, name="atoms")


def test_the_printed_pair_is_found_by_its_numbers():
    pairs = pair_table(systems(), selected=1, seed=1, name="atoms")
    columns = ["difference_E", "difference_T", "constant_shift_deviation"]
    wanted = pairs.iloc[3]
    # Printed numbers are rounded.
    printed = {column: float(f"{wanted[column]:.2g}") for column in columns}
    assert find_printed_pair(pairs, printed).name == wanted.name


def test_central_differences_miss_variation_at_a_cusp_and_finer_grids_miss_less():
    missed = []
    for density in (8, 32):
        x = uniform_grid(20, density).points
        cusp = -1 / (np.abs(x - 1) + 0.5)
        steps = constant_shift_deviation(cusp, 0 * cusp)
        missed.append(1 - constant_shift_deviation_as_printed(cusp, 0 * cusp) / steps)
    assert 0.2 > missed[0] > 2 * missed[1] > 0
