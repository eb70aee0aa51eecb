import numpy as np
import pytest
from ase.build import molecule

from hkmaps.geometry.shape import distance_from_plane, turn_from_eclipsed


def test_a_molecule_is_as_far_from_a_plane_as_its_atoms():
    benzene = molecule("C6H6").positions
    puckered = benzene + 0.2 * np.array([[0, 0, (-1) ** atom] for atom in range(12)])
    turned = puckered @ np.array([[0.6, 0, -0.8], [0, 1, 0], [0.8, 0, 0.6]]) + 3.0
    found = distance_from_plane(np.stack([benzene, puckered, turned]))
    assert found == pytest.approx([0, 0.2, 0.2], abs=1e-12)


@pytest.mark.parametrize("degrees", [0, 25, 60, 100])
def test_ethane_is_staggered_at_sixty_degrees_from_eclipsed(degrees):
    ethane = molecule("C2H6")  # staggered
    axis, ends = (0, 1), ([2, 3, 4], [5, 6, 7])
    ethane.rotate_dihedral(2, 0, 1, 5, degrees, indices=ends[1])
    mirrored = ethane.positions * [1, -1, 1]
    found = turn_from_eclipsed(np.stack([ethane.positions, mirrored]), axis, ends)
    expected = abs((degrees + 60 + 60) % 120 - 60)
    assert found == pytest.approx([expected, expected], abs=1e-6)
