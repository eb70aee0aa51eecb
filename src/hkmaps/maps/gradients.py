"""Energies of a trained map and their analytic gradients with respect to the atoms' positions."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial.distance import cdist

from hkmaps.kernels.gaussians_potential import gaussians_squared_norms
from hkmaps.kernels.kernel_functions import gaussian_kernel, squared_distances
from hkmaps.maps.molecule_map import MoleculeMap

TERMS_AT_ONCE = 4 * 1024**2
"""Pairs of atoms, one of a geometry and one of training, whose terms are held at once, 32 MiB."""


class SurfacePoints(NamedTuple):
    """What is known of the energy surface at S geometries.

    Attributes:
        energies: shape (S,), in Ha.
        gradients: of the energies with respect to the positions, shape (S, atoms, 3), in Ha/bohr.
        domain_distances: see `MoleculeMap.domain_distance`, shape (S,).
    """

    energies: np.ndarray
    gradients: np.ndarray
    domain_distances: np.ndarray


@dataclass(frozen=True, eq=False)
class EnergySurface:
    """The energy that a map learned as a function of the atoms' positions, with its gradient.

    The gradient is exact. It is found in reverse: the derivative of the energy goes back through
    each regression as one vector, and never is there a matrix of derivatives of densities. Symbols
    are those of `hkmaps.maps.molecule_map`.

    Attributes:
        molecule_map: a trained ML-HK or ML-KS.
    """

    molecule_map: MoleculeMap

    def energies(self, positions: ArrayLike) -> np.ndarray:
        """Return energies, shape (S,), in Ha, as `MoleculeMap.energies` does.

        Args:
            positions: geometries in any place and orientation, shape (S, atoms, 3), in bohr.

        Raises:
            InputError: another shape, values that are not finite, or coincident atoms.
        """
        aligned = self.molecule_map.align(positions).positions
        energies = np.empty(len(aligned))
        for rows in self._blocks(len(aligned)):
            distances = self._distances(aligned[rows], self._terms(aligned[rows]))
            energies[rows] = self._regressions(distances, differentiate=False)[0]
        return energies

    def energies_and_gradients(self, positions: ArrayLike) -> SurfacePoints:
        """Return energies, gradients and domain; arguments and errors as for `energies`."""
        alignment = self.molecule_map.align(positions)
        energies, domain_distances = np.empty((2, len(alignment.positions)))
        gradients = np.empty(alignment.positions.shape)
        for rows in self._blocks(len(energies)):
            aligned = alignment.positions[rows]
            terms = self._terms(aligned)
            distances = self._distances(aligned, terms)
            energies[rows], slopes = self._regressions(distances)
            gradients[rows] = self._gradients(aligned, terms, slopes)
            domain_distances[rows] = self.molecule_map.domain.distance(aligned, distances)
        gradients = self.molecule_map.frame.pull_back(alignment, gradients)
        return SurfacePoints(energies, gradients, domain_distances)

    @cached_property
    def _training_atoms(self) -> np.ndarray:
        """Atoms of all training geometries, shape (M * atoms, 3)."""
        return self.molecule_map.training_positions.reshape(-1, 3)

    @cached_property
    def _training_norms(self) -> np.ndarray:
        return gaussians_squared_norms(
            self.molecule_map.charges, self.molecule_map.training_positions, self.molecule_map.gamma
        )

    @property
    def _scale(self) -> float:
        """Inner product of two equal Gaussians of charge 1."""
        return np.pi**1.5 * self.molecule_map.gamma**3

    def _blocks(self, count: int) -> list[slice]:
        size = len(self.molecule_map.charges) * len(self._training_atoms)
        step = max(1, TERMS_AT_ONCE // size)
        return [slice(start, start + step) for start in range(0, count, step)]

    def _terms(self, aligned: np.ndarray) -> np.ndarray:
        """Overlaps of the Gaussians of atoms with those of training, (S, atoms, M * atoms)."""
        terms = cdist(aligned.reshape(-1, 3), self._training_atoms, "sqeuclidean")
        terms *= -0.25 / self.molecule_map.gamma**2
        np.exp(terms, out=terms)
        return terms.reshape(*aligned.shape[:2], -1)

    def _distances(self, aligned: np.ndarray, terms: np.ndarray) -> np.ndarray:
        """Squared distances of potentials to those of training, shape (S, M), in bohr^3."""
        charges = self.molecule_map.charges
        products = (charges @ terms).reshape(len(aligned), -1, len(charges))
        distances = -2 * self._scale * (products @ charges)
        distances += gaussians_squared_norms(charges, aligned, self.molecule_map.gamma)[:, None]
        distances += self._training_norms
        return np.maximum(distances, 0, out=distances)

    def _regressions(
        self, distances: np.ndarray, differentiate: bool = True
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Energies (S,) from squared distances of potentials, and their derivatives (S, M)."""
        trained = self.molecule_map
        weights = trained.energy_dual_coefficients
        kernel = gaussian_kernel(distances, trained.potential_width)
        if trained.subspace is None:
            energies, of_kernel = kernel @ weights, weights
        else:
            of_density, training = trained.density_dual_coefficients, trained.training_densities
            density = kernel @ of_density
            likeness = gaussian_kernel(squared_distances(density, training), trained.density_width)
            energies = likeness @ weights
            if differentiate:
                likeness *= -weights / trained.density_width**2
                slope = likeness.sum(axis=1, keepdims=True) * density - likeness @ training
                of_kernel = slope @ of_density.T
        if not differentiate:
            return energies, None
        kernel *= -0.5 / trained.potential_width**2
        kernel *= of_kernel
        return energies, kernel

    def _gradients(self, aligned: np.ndarray, terms: np.ndarray, slopes: np.ndarray) -> np.ndarray:
        """Gradients (S, atoms, 3) from derivatives (S, M) with respect to squared distances.

        With the atoms x_a and x_mb, their charges and the overlap O of Gaussians, the derivative
        of <v, v_m> is - Z_a / (2 gamma^2) sum_b Z_b O(x_a, x_mb) (x_a - x_mb), that of <v, v>
        twice the same with the geometry's own atoms.
        """
        charges, gamma = self.molecule_map.charges, self.molecule_map.gamma
        pulls = (slopes[:, :, None] * charges).reshape(len(aligned), -1, 1)
        to_training = aligned * (terms @ pulls) - terms @ (pulls * self._training_atoms)
        apart = aligned[:, :, None] - aligned[:, None]
        own_terms = np.exp(-0.25 / gamma**2 * (apart**2).sum(axis=3)) * charges
        to_own = (own_terms[..., None] * apart).sum(axis=2)
        to_own *= slopes.sum(axis=1)[:, None, None]
        return self._scale / gamma**2 * charges[:, None] * (to_training - to_own)
