"""The uncertainty of a map: what intervals hold, how it grows, and the tables that say so."""

import numpy as np
import pandas as pd
import pytest
from molecule_tables import FRAMES
from scipy.spatial.distance import cdist

from hkmaps.descriptors.gaussians_potential import GaussiansPotential
from hkmaps.errors import InputError
from hkmaps.geometry.frame import ReferenceFrame
from hkmaps.maps.map_tests import LARGE_ERROR, map_calibration, map_tests
from hkmaps.maps.map_uncertainty import Calibration
from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.maps.results import MAP_CALIBRATION, MAP_TESTS, SHARES
from hkmaps.reporting.figures.uncertainty import uncertainty_figure
from hkmaps.seeds import random_stream
from hkmaps.tables import read_table, write_table

SYMBOLS, CHARGES = ("O", "H", "H"), np.array([8, 1, 1])
TRAINED, TESTED = 120, 400


def stream(name):
    return random_stream(0, "test", "uncertainty", name)


def binomial_error(share):
    """Standard deviation of a share of the test, given a quantile of the training set."""
    return np.sqrt(share * (1 - share) * (1 / TRAINED + 1 / TESTED))


@pytest.fixture(scope="module")
def path():
    """Geometries of water, and a sample path of a Gaussian process of their bond lengths."""
    reference = np.array(FRAMES["H2O"])
    noise = stream("geometries").normal(scale=0.1, size=(TRAINED + TESTED, 3, 3))
    positions = reference + noise
    lengths = np.linalg.norm(positions - np.roll(positions, 1, axis=1), axis=2)
    covariance = np.exp(-cdist(lengths, lengths, "sqeuclidean") / (2 * 0.3**2))
    values, vectors = np.linalg.eigh(covariance)
    drawn = stream("path").normal(size=len(values)) * np.sqrt(np.maximum(values, 0))
    return positions, 0.002 * (vectors @ drawn)


@pytest.fixture(scope="module")
def trained(path):
    positions, energies = path
    frame = ReferenceFrame(np.array(FRAMES["H2O"]), np.array([16.0, 1.0, 1.0]))
    descriptor = GaussiansPotential(CHARGES)
    learnt = positions[:TRAINED], energies[:TRAINED]
    return MoleculeMap.fit("H2O", SYMBOLS, frame, descriptor, *learnt)


@pytest.mark.parametrize("share", SHARES)
def test_intervals_hold_their_share_of_a_sample_path(path, trained, share):
    positions, energies = (each[TRAINED:] for each in path)
    errors = np.abs(trained.energies(positions) - energies)
    held = np.mean(errors <= trained.energy_intervals(positions, share))
    assert held == pytest.approx(share, abs=3 * binomial_error(share))


def test_what_is_newer_is_less_sure(path, trained):
    known, others = path[0][:TRAINED], path[0][TRAINED:]
    at_training, near = (trained.energy_uncertainties(each) for each in (known, others))
    assert np.median(at_training) < 0.5 * np.median(near)
    # A bond of hydrogen, which has an eighth of the charge, is seen as well.
    stretched = others.copy()
    stretched[:, 1] += 0.5 * (stretched[:, 1] - stretched[:, 0])
    assert trained.energy_uncertainties(stretched).min() > np.median(near)
    together = trained.energy_uncertainties(np.concatenate([known, others]))
    np.testing.assert_allclose(together, np.concatenate([at_training, near]), rtol=1e-6)


@pytest.mark.parametrize("exponent", [0.5, 2.0])
def test_a_calibration_carries_to_what_is_less_new(exponent):
    numbers = stream(f"exponent {exponent}")
    far, near = (np.exp(numbers.normal(mean, 1.0, size=2000)) for mean in (-4, -7))
    errors_far, errors_near = (
        1e-3 * u ** (exponent / 2) * numbers.standard_t(5, size=len(u)) for u in (far, near)
    )
    found = Calibration.of(far, errors_far, 0.0)
    assert found.exponent == pytest.approx(exponent, abs=0.2)
    for share in SHARES:
        held = np.mean(np.abs(errors_near) <= found.ratio(share) * found.deviations(near))
        assert held == pytest.approx(share, abs=0.05)
    ratio = np.sqrt(np.mean((errors_far / found.deviations(far)) ** 2))
    assert ratio == pytest.approx(1)


def test_far_away_nothing_is_known():
    novelty, errors = np.full(5, 1e-3), np.full(5, 1e-5)
    few, spread = (Calibration.of(novelty, errors, spread) for spread in (0.0, 0.1))
    assert few.deviations(np.ones(1)) < 0.1
    assert spread.deviations(np.ones(1)) == pytest.approx(0.1)
    np.testing.assert_allclose(spread.deviations(novelty), errors, rtol=1e-6)
    places = np.geomspace(1e-9, 1, 50)
    assert (np.diff(spread.deviations(places)) > 0).all()


def test_that_nothing_is_known_far_away_makes_no_map_too_sure_nearby():
    random = stream("nearby")
    novelty = 10 ** random.uniform(-5, -2, 200)
    errors = random.normal(scale=1e-4 * np.sqrt(novelty))
    found = Calibration.of(novelty, errors, spread=0.01)
    nearby = np.array([1e-6])
    assert found.deviations(nearby)[0] == pytest.approx(1e-7, rel=0.5)


def test_energies_without_errors_have_a_calibration():
    found = Calibration.of(np.array([1e-4, 1e-2]), np.zeros(2), 0.0)
    assert 0 < found.deviations(np.ones(1))[0] < 1e-5
    assert np.isfinite(found.ratios).all()


def test_a_share_that_is_not_calibrated_is_refused(path, trained):
    with pytest.raises(InputError, match=r"is 0\.95; it must be one of 0\.5, 0\.9, 0\.99"):
        trained.energy_intervals(path[0][:2], 0.95)


def test_a_table_and_a_figure_say_how_far_a_calibration_holds(path, trained, tmp_path):
    positions, energies = (each[TRAINED:] for each in path)
    known = map_tests(trained, "drawn", "test sample", positions, energies)
    # Half of the frames are off by more than an uncertainty allows for, the newest of them.
    deviations = trained.energy_uncertainties(positions)
    newest = deviations > np.median(deviations)
    moved = energies + np.where(newest, 10 * LARGE_ERROR, 0.0)
    shifted = map_tests(trained, "drawn", "driven", positions, moved)
    none = map_tests(trained, "drawn", "ab initio", positions[:0], energies[:0])
    frames = pd.concat([known, shifted, none], ignore_index=True)
    write_table(frames, tmp_path / "frames.parquet", MAP_TESTS)
    write_table(map_calibration(frames), tmp_path / "calibration.parquet", MAP_CALIBRATION)
    found = read_table(tmp_path / "calibration.parquet", MAP_CALIBRATION).set_index("tested_on")
    assert list(found.index) == ["test sample", "driven"]
    assert (found["count"] == TESTED).all()
    held = found["within_90"]
    assert held["test sample"] == pytest.approx(0.9, abs=3 * binomial_error(0.9))
    assert held["driven"] < 0.6
    driven = found.loc["driven"]
    assert (driven["large_errors"], driven["area_under_curve"]) == (TESTED / 2, 1.0)
    assert found.loc["test sample", "large_errors"] == 0
    assert np.isnan(found.loc["test sample", "area_under_curve"])
    read = read_table(tmp_path / "frames.parquet", MAP_TESTS)
    figure = uncertainty_figure(found.reset_index(), read)
    shares, errors = figure.axes
    labels = [text.get_text() for text in shares.get_legend().get_texts()]
    assert labels == ["test sample, 400", "driven, 400 (1.00)"]
    lines = {line.get_label(): line.get_ydata() for line in shares.lines}
    assert lines[labels[0]] == pytest.approx(
        [100 * found.loc["test sample", f"within_{share}"] for share in (50, 90, 99)]
    )
    assert "kcal/mol" in errors.get_xlabel() and "kcal/mol" in errors.get_ylabel()


def test_energies_of_other_frames_are_refused(path, trained):
    positions, energies = path
    with pytest.raises(InputError, match="reference energies of ab initio"):
        map_tests(trained, "drawn", "ab initio", positions[:3], energies[:2])
