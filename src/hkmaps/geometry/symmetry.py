"""The symmetry of a molecule as operations on aligned geometries.

An energy stays where equal atoms are renamed and where all is mirrored. Of these operations those
count that motion brings about without breaking a bond, the feasible ones (H. C. Longuet-Higgins,
Mol. Phys. 6, 445 (1963)). They fall into two kinds:

- those that carry the reference geometry onto itself, a renaming together with a rotation or a
  rotoreflection: its point group. They are here.
- the others, such as the turn of one methyl group. `ReferenceFrame` undoes them: of its labelings
  it takes the nearest one.

In a frame whose reference has the symmetry exactly, an operation turns all aligned geometries by
the same matrix. So it leaves distances of geometries as they are, and a kernel of such distances
may be averaged over the group.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

import networkx as nx
import numpy as np
from networkx.algorithms.isomorphism import GraphMatcher, categorical_node_match

from hkmaps.errors import InputError
from hkmaps.geometry.frame import ReferenceFrame
from hkmaps.geometry.molecule import SYMMETRIC, Molecule

MOST_AUTOMORPHISMS = 50_000
"""Renamings that keep all bonds beyond which none is looked at: neopentane has 31 104."""

PLANAR = 1e-6
"""Part of the largest extent of a reference below which another one is none."""

CONVERGED = 1e-13
"""Part of its size by which a symmetrised reference may still move."""

MOST_STEPS = 100
"""Steps of symmetrising: each squares the deviation."""

SAME_MOTION = 1e-6
"""Deviation of the matrices of two operations, in the space of aligned geometries, up to which they
are the same."""


@dataclass(frozen=True, eq=False)
class SymmetryGroup:
    """The operations that carry a reference geometry onto itself.

    The image of an aligned geometry x is `x[permutation] @ rotation`. It is aligned, too.

    Attributes:
        frame: the reference frame, its reference made exactly symmetric.
        permutations: which atom became each atom, identity first, shape (operations, atoms).
        rotations: orthogonal matrices, of determinant -1 where the operation mirrors, shape
            (operations, 3, 3).
    """

    frame: ReferenceFrame
    permutations: np.ndarray
    rotations: np.ndarray

    @classmethod
    def of(cls, molecule: Molecule, frame: ReferenceFrame | None = None) -> "SymmetryGroup":
        """Return the group of a molecule.

        Each renaming that keeps the bonds is tried with and without a mirror: it counts where the
        reference geometry, turned back, misses itself by less than `SYMMETRIC`. Of operations that
        do the same to every aligned geometry, one is kept: the mirror in the plane of water moves
        nothing. The group of a linear molecule is the identity alone, since the turns about its
        axis, which alignment leaves open, are no finite group.

        Args:
            molecule: elements, bonds and masses.
            frame: where its geometries are aligned, by default `molecule.frame`.

        Raises:
            InputError: too many renamings keep the bonds, or the operations that the reference
                geometry nearly has are no group.
        """
        frame = molecule.frame if frame is None else frame
        reference = frame.positions - frame.weights @ frame.positions
        atoms = np.arange(len(reference))
        trivial = cls(frame, atoms[None], np.eye(3)[None])
        extents = np.linalg.svd(reference, compute_uv=False)
        if len(reference) < 3 or extents[1] < PLANAR * extents[0]:
            return trivial
        permutations = graph_automorphisms(molecule.name, molecule.symbols, molecule.bonds)
        kept, signs = [], []
        for sign in (1, -1):
            turned = reference[permutations]
            missed = turned @ _rotations(turned, frame.weights, reference, sign) - reference
            near = np.sqrt((missed**2).sum(axis=2).mean(axis=1)) < SYMMETRIC
            kept.append(permutations[near])
            signs.append(np.full(near.sum(), sign))
        permutations, signs = np.concatenate(kept), np.concatenate(signs)
        _expect_group(molecule.name, permutations, signs)
        reference, rotations = _symmetrised(reference, permutations, signs, frame.weights)
        exact = replace(frame, positions=reference)
        return cls(exact, permutations, rotations)._without_repetitions()

    @property
    def order(self) -> int:
        """Number of operations."""
        return len(self.permutations)

    def images(self, positions: np.ndarray) -> np.ndarray:
        """Return the images of aligned geometries.

        Args:
            positions: shape (S, atoms, 3), in bohr.

        Returns:
            Shape (operations, S, atoms, 3), those of the identity first.
        """
        renamed = np.moveaxis(positions[:, self.permutations], 1, 0)
        return renamed @ self.rotations[:, None]

    def pull_back(self, gradients: np.ndarray) -> np.ndarray:
        """Return gradients at images as gradients of the same functions at the geometries.

        Args:
            gradients: with respect to the images, shape (operations, S, atoms, 3).

        Returns:
            With respect to the geometries, of the same shape.
        """
        turned = gradients @ np.swapaxes(self.rotations, 1, 2)[:, None]
        given = np.argsort(self.permutations, axis=1)[:, None, :, None]
        return np.take_along_axis(turned, given, axis=2)

    def _without_repetitions(self) -> "SymmetryGroup":
        axes = self.frame.axes.T.reshape(-1, *self.frame.positions.shape)
        moved = self.images(axes).reshape(self.order, -1)
        first = [
            number
            for number, here in enumerate(moved)
            if not (np.abs(moved[:number] - here).max(axis=1) < SAME_MOTION).any()
        ]
        return replace(self, permutations=self.permutations[first], rotations=self.rotations[first])


def graph_automorphisms(
    name: str, symbols: Sequence[str], bonds: Sequence[tuple[int, int]]
) -> np.ndarray:
    """Return the permutations of equal atoms that keep all bonds.

    Args:
        name: the molecule, for messages.
        symbols: element of each atom.
        bonds: pairs of bonded atoms.

    Returns:
        Shape (permutations, atoms), sorted, so that the identity is first.

    Raises:
        InputError: there are more than `MOST_AUTOMORPHISMS`.
    """
    graph = nx.Graph()
    graph.add_nodes_from((atom, {"symbol": symbol}) for atom, symbol in enumerate(symbols))
    graph.add_edges_from(bonds)
    matcher = GraphMatcher(graph, graph, categorical_node_match("symbol", None))
    found = [
        [mapping[atom] for atom in range(len(symbols))]
        for mapping in islice(matcher.isomorphisms_iter(), MOST_AUTOMORPHISMS + 1)
    ]
    if len(found) > MOST_AUTOMORPHISMS:
        raise InputError(
            f"More than {MOST_AUTOMORPHISMS} permutations of equal atoms keep the {len(bonds)}"
            f" bonds of {name}; the key bonds may name more of them, or the molecule has too many"
            " equal parts for a symmetric kernel."
        )
    return np.array(sorted(found), dtype=int)


def _rotations(
    positions: np.ndarray, weights: np.ndarray, reference: np.ndarray, signs: np.ndarray | int
) -> np.ndarray:
    """Orthogonal matrices of a determinant that bring geometries nearest to the reference."""
    moments = np.swapaxes(positions, 1, 2) @ (weights[:, None] * reference)
    left, _, right = np.linalg.svd(moments)
    left[:, :, -1] *= (signs * np.sign(np.linalg.det(left @ right)))[:, None]
    return left @ right


def _symmetrised(
    reference: np.ndarray, permutations: np.ndarray, signs: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The mean of a reference geometry's images, until it is each of them, and the rotations."""
    size = np.abs(reference).max()
    for _ in range(MOST_STEPS):
        turned = reference[permutations]
        rotations = _rotations(turned, weights, reference, signs)
        mean = (turned @ rotations).mean(axis=0)
        moved, reference = np.abs(mean - reference).max(), mean
        if moved <= CONVERGED * size:
            break
    return reference, _rotations(reference[permutations], weights, reference, signs)


def _expect_group(name: str, permutations: np.ndarray, signs: np.ndarray) -> None:
    """Refuse a set of operations that holds not all products of two of them."""
    known = {(sign, *row) for sign, row in zip(signs, permutations.tolist(), strict=True)}
    for sign, row in zip(signs, permutations, strict=True):
        products = {
            (sign * other, *line)
            for other, line in zip(signs, permutations[:, row].tolist(), strict=True)
        }
        if products != known:
            raise InputError(
                f"The structure of {name} is nearly symmetric under {len(known)} operations that"
                f" are no group, as its atoms are about {SYMMETRIC} bohr off; a symmetric kernel"
                " needs a structure that is more symmetric or less."
            )
