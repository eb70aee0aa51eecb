from functools import partial

import pytest

from hkmaps.errors import InputError
from hkmaps.exact.convergence import (
    CONVERGENCE,
    hydrogen_convergence,
    smallest_sufficient,
    system_convergence,
)
from hkmaps.exact.potentials import atom_potential
from hkmaps.tables import read_table, write_table


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ([9, 5, 3, 2, 1], 6),
        ([9, 2, 5, 2, 1], 8),  # meets the threshold at 4 by chance, misses it again at 6
        ([1, 1, 1, 1, 1], 2),
        ([-9, -5, -3, 2, -1], 6),
        ([1, 1, 1, 1, 9], None),
        ([9, 5, float("nan"), 2, 1], 8),
    ],
)
def test_smallest_setting_that_keeps_meeting_the_threshold(errors, expected):
    assert smallest_sufficient([2, 4, 6, 8, 10], errors, 3) == expected


def test_order_of_the_scan_does_not_matter_and_the_worst_system_counts():
    assert smallest_sufficient([10, 2, 6, 4, 8], [1, 9, 3, 5, 2], 3) == 6
    assert smallest_sufficient([2, 4, 6, 2, 4, 6], [1, 1, 1, 9, 9, 1], 3) == 6


def test_empty_or_uneven_scans_are_refused():
    for settings, errors in (([], []), ([1], [])):
        with pytest.raises(InputError, match="scan has"):
            smallest_sufficient(settings, errors, 1)


def test_scans_become_one_table(tmp_path):
    frame = hydrogen_convergence([3, 4], 8, [6], 5)
    assert frame["study"].tolist() == ["density", "density", "length"]
    assert frame["grid_points"].tolist() == [24, 32, 30]
    assert frame["reference_energy"].eq(-0.5).all()
    write_table(frame, tmp_path / "convergence.parquet", CONVERGENCE)
    assert read_table(tmp_path / "convergence.parquet", CONVERGENCE).equals(frame)


def test_systems_are_measured_against_the_reference_grid():
    frame = system_convergence(
        {"narrow": partial(atom_potential, Z=2.0, alpha=0.7)},
        lengths=[4, 8],
        densities=[3, 6],
        reference_length=8,
        reference_density=6,
    )
    assert list(frame.columns) == CONVERGENCE.column_names
    assert len(frame) == 4 * 2
    indexed = frame.set_index(["study", "grid_length", "grid_density", "electrons"])
    errors = indexed["error_per_particle"]
    for electrons in (1, 2):
        assert errors["dataset_length", 8, 6, electrons] == 0
        assert errors["dataset_density", 8, 6, electrons] == 0
        assert errors["dataset_length", 4, 6, electrons] > 0
        assert errors["dataset_density", 8, 3, electrons] > 0
    two = frame[frame["electrons"] == 2]
    per_particle = (two["energy"] - two["reference_energy"]) / 2
    assert two["error_per_particle"].to_numpy() == pytest.approx(per_particle.to_numpy())
