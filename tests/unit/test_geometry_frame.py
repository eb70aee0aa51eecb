import numpy as np
import pytest
from papers_molecules import find_molecule
from scipy.spatial.transform import Rotation

from hkmaps.errors import InputError
from hkmaps.geometry.frame import ReferenceFrame
from hkmaps.seeds import random_stream

H2_FRAME = ReferenceFrame(np.array([[-0.7, 0.0, 0.0], [0.7, 0.0, 0.0]]), np.ones(2))


def stream(name):
    return random_stream(0, "test", "reference frame", name)


def displaced(frame, count, name, size=0.2):
    noise = stream(name).normal(scale=size, size=(count, *frame.positions.shape))
    return frame.positions + noise


def turned(positions, name):
    rotations = Rotation.random(len(positions), rng=stream(name)).as_matrix()
    return positions @ rotations + stream(name).normal(size=(len(positions), 1, 3))


@pytest.fixture(params=["H2O", "ethane", "benzene", "malonaldehyde"])
def frame(request):
    return find_molecule(request.param).frame


def test_an_aligned_geometry_is_the_given_one_relabelled_shifted_and_turned(frame):
    given = turned(displaced(frame, 5, "made"), "made")
    alignment = frame.align(given)
    relabelled = np.take_along_axis(given, alignment.labelings[:, :, None], axis=1)
    shifted = relabelled - (frame.weights @ relabelled)[:, None]
    np.testing.assert_allclose(shifted @ alignment.rotations, alignment.positions, atol=1e-13)
    np.testing.assert_allclose(np.linalg.det(alignment.rotations), 1, rtol=1e-12)
    np.testing.assert_allclose(frame.weights @ alignment.positions, 0, atol=1e-13)


def test_alignment_forgets_orientation_place_and_labeling(frame):
    without_symmetry = displaced(frame, 1, "reference", size=0.1)[0]
    frame = ReferenceFrame(without_symmetry, frame.masses, frame.labelings)
    given = displaced(frame, 6, "forgets", size=0.1)
    expected = frame.align(given).positions
    labelings = frame.labelings[stream("labels").integers(len(frame.labelings), size=6)]
    relabelled = np.take_along_axis(given, labelings[:, :, None], axis=1)
    found = frame.align(turned(relabelled, "forgets")).positions
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_labelings_that_only_turn_a_symmetric_reference_do_not_change_with_rounding():
    benzene, ethane = find_molecule("benzene").frame, find_molecule("ethane").frame
    alignment = benzene.align(turned(displaced(benzene, 40, "rounding"), "rounding"))
    assert (alignment.labelings == benzene.labelings[0]).all()
    # A methyl group turned against the other is another matter.
    given = displaced(ethane, 40, "rounding", size=0.1)
    one_turned = given[:, [0, 1, 3, 4, 2, 5, 6, 7]]
    alignment = ethane.align(turned(one_turned, "rounding"))
    assert (alignment.labelings == alignment.labelings[0]).all()
    moved = alignment.positions - (ethane.positions - ethane.weights @ ethane.positions)
    assert np.abs(moved).max() < 0.6


def test_no_rotation_and_no_labeling_is_nearer(frame):
    given = displaced(frame, 3, "nearest")
    aligned = frame.align(given).positions
    reference = frame.positions - frame.weights @ frame.positions

    def distance(positions):
        return (frame.weights[:, None] * (positions - reference) ** 2).sum(axis=(-1, -2))

    small = Rotation.from_rotvec(stream("small").normal(scale=0.01, size=(50, 3))).as_matrix()
    large = Rotation.random(50, rng=stream("large")).as_matrix()
    for labeling in frame.labelings:
        for rotation in np.concatenate([small, large]):
            assert (distance(aligned[:, labeling] @ rotation) >= distance(aligned)).all()


def test_mirror_images_are_not_aligned_with_one_another():
    given = displaced(find_molecule("ethane").frame, 1, "chiral", size=0.3)
    frame = find_molecule("ethane").frame
    left, right = frame.align(given), frame.align(-given)
    assert np.abs(left.positions - right.positions).max() > 0.01
    np.testing.assert_allclose(np.linalg.det(right.rotations), 1, rtol=1e-12)


@pytest.mark.parametrize("name", ["H2", "H2O", "ethane", "benzene", "malonaldehyde"])
def test_pulled_back_gradients_equal_central_differences(name):
    frame = H2_FRAME if name == "H2" else find_molecule(name).frame
    given = turned(displaced(frame, 2, "gradient", size=0.15), "gradient")
    factors = stream("factors").normal(size=frame.positions.shape)

    def value(positions):
        return np.sin(factors * frame.align(positions).positions).sum(axis=(1, 2))

    alignment = frame.align(given)
    pulled = frame.pull_back(alignment, factors * np.cos(factors * alignment.positions))
    step = 1e-4
    for index in np.ndindex(frame.positions.shape):
        shift = np.zeros(frame.positions.shape)
        shift[index] = step
        difference = (value(given + shift) - value(given - shift)) / (2 * step)
        np.testing.assert_allclose(pulled[(slice(None), *index)], difference, atol=2e-7)


def test_pulled_back_gradients_exert_neither_force_nor_torque(frame):
    given = turned(displaced(frame, 4, "torque"), "torque")
    gradients = stream("any").normal(size=given.shape)
    pulled = frame.pull_back(frame.align(given), gradients)
    np.testing.assert_allclose(pulled.sum(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(np.cross(given, pulled).sum(axis=1), 0, atol=1e-11)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.zeros((3, 2)), np.ones(3)), "x, y, z and a positive mass"),
        ((np.zeros((3, 3)), np.array([1.0, 0.0, 1.0])), "positive mass"),
        ((np.zeros((2, 3)), np.array([1.0, 2.0]), [[0, 1], [1, 0]]), "atoms of equal mass"),
        ((np.zeros((2, 3)), np.ones(2), [[1, 0], [0, 1]]), "identity first"),
        ((np.zeros((2, 3)), np.ones(2), [[0, 1], [0, 0]]), "permutations"),
    ],
)
def test_what_is_no_frame_is_refused_in_a_sentence(arguments, message):
    with pytest.raises(InputError, match=message):
        ReferenceFrame(*arguments)


def test_geometries_of_another_molecule_are_refused_in_a_sentence():
    with pytest.raises(InputError, match=r"shape \(1, 3, 3\); it must be \(geometries, 2, 3\)"):
        H2_FRAME.align(np.zeros((1, 3, 3)))
