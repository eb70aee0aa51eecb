"""A trained map of one molecule that takes its geometries in any place and orientation.

From a geometry R to an energy, with the M training geometries and the names of `MoleculeMap`:

1. x is R in the reference frame, `frame.align`.
2. v is the descriptor of x, v_i that of `training_positions` (paper B, equation 5), and
   k_i = exp(-|v - v_i|^2 / (2 s^2)); the distances are analytic.
3. ML-KS: E = sum_i a_i k_i with a = `energy_dual_coefficients` and s = `energy_map.width`
   (equation 15).
   ML-HK: the density has the coordinates u = sum_i b_i k_i in the subspace, with b =
   `density_dual_coefficients` and s = `density_map.width` (equations 8 and 9), and the energy
   E = sum_j a_j exp(-|u - u_j|^2 / (2 t^2)) with t = `energy_map.width` and u_j =
   `training_densities`, the predicted ones of the training geometries (equation 13).

A map that learned forces as well has weights b' of the gradients of the kernel, too, and a
constant c, the mean energy of training: E = c + sum_i a_i k_i + b'_i . dk_i/dx_i for ML-KS, and
likewise of the kernel of densities, whose u_i move with x_i, for ML-HK.

Gradients are exact and found in reverse: the derivative of the energy goes back through each
regression as one vector, and never is there a matrix of derivatives of densities.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from hkmaps.checks import expect_finite, expect_positions, expect_shape
from hkmaps.densities.fourier import expect_points
from hkmaps.descriptors.gaussians_potential import Along, Comparison, GaussiansPotential
from hkmaps.errors import InputError
from hkmaps.geometry.frame import Alignment, ReferenceFrame
from hkmaps.kernels.gradient_ridge import (
    expect_memory,
    learn_gradients,
)
from hkmaps.kernels.kernel_functions import gaussian_kernel, squared_distances
from hkmaps.maps.density_subspace import DensitySubspace
from hkmaps.maps.map_regressions import (
    Hyperparameters,
    density_pairs,
    gradient_attributes,
    learn,
    learn_energies,
    learned_with_gradients,
)
from hkmaps.maps.map_uncertainty import Calibration, Novelty, TrainingDomain
from hkmaps.maps.results import (
    ENERGIES,
    ENERGIES_AND_FORCES,
    HOHENBERG_KOHN,
    KOHN_SHAM,
    PREDICTED,
    REFERENCE,
)
from hkmaps.tensor_files import read_tensors, reading, write_tensors

MAP_FILE, SUBSPACE_FILE = "map.safetensors", "density_subspace.safetensors"
"""Files of a saved map."""

DESCRIPTORS = {kind.__name__: kind for kind in (GaussiansPotential,)}
"""Name in the file of a saved map -> descriptor."""

TERMS_AT_ONCE = 4 * 1024**2
"""Pairs of atoms, one of a geometry and one of training, whose terms are held at once, 32 MiB."""

ROUNDING = 16 * np.finfo(float).eps
"""Squared distances below this part of the largest squared norm are differences of rounding."""


Geometries = ArrayLike | Alignment


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


class Pass(NamedTuple):
    """One way forward through a map, with what the way back needs.

    Attributes:
        energies: shape (S,), in Ha.
        compared: the geometries beside those of training.
        kernel: of the descriptors, shape (S, M).
        weights: what each value of the kernel that gives the energy counts, (M,) or (S, M), in Ha.
        coordinates: predicted densities, shape (S, rank), in bohr^-3/2; None for ML-KS.
        likeness: kernel of the densities, shape (S, M); None for ML-KS.
        along: slopes of the distances along the gradient weights of ML-KS that learned forces.
    """

    energies: np.ndarray
    compared: Comparison
    kernel: np.ndarray
    weights: np.ndarray
    coordinates: np.ndarray | None = None
    likeness: np.ndarray | None = None
    along: Along | None = None


@dataclass(frozen=True, eq=False)
class MoleculeMap:
    """ML-HK or ML-KS of a molecule: energies, gradients, uncertainty, densities, and the domain.

    Geometries are given raw, shape (S, atoms, 3), in bohr, with the atoms in the order of
    `symbols`, or as what `align` returned of them. Every method that takes them checks raw ones and
    raises `InputError` where they have another shape, are not finite, or two atoms coincide. Any
    number may be given at once; they are taken in blocks.

    Attributes:
        name: the molecule.
        symbols: chemical symbols of its atoms.
        frame: reference frame in which it was trained.
        descriptor: what the first kernel compares.
        training_positions: aligned training geometries, shape (M, atoms, 3), in bohr.
        domain: the geometries that the map may be asked for.
        energy_map: width, regularisation and edge of the regression that gives the energy; the
            width in bohr^3/2 for ML-KS, in bohr^-3/2 for ML-HK.
        energy_dual_coefficients: its weights a, shape (M,), in Ha.
        calibration: what errors of training geometries left out say of those of others.
        subspace: what the densities of ML-HK are represented in; None for ML-KS, as all below.
        density_map: those of the regression that gives the density, the width in bohr^3/2.
        density_dual_coefficients: its weights b, shape (M, rank), in bohr^-3/2.
        training_densities: densities u_j that the energy map was trained on, shape (M, rank).
        energy_training: whether these are "predicted" (equation 13) or "reference" densities.
        energy_constant: c, in Ha; 0 for maps that learned energies alone.
        energy_gradient_coefficients: weights of the gradients of the kernel, None for maps that
            learned energies alone: b' of ML-KS, shape (M, atoms, 3), in Ha bohr; of ML-HK what b'
            moves the density by, shape (M, rank), in Ha bohr^-3/2.
    """

    name: str
    symbols: tuple[str, ...]
    frame: ReferenceFrame
    descriptor: GaussiansPotential
    training_positions: np.ndarray
    domain: TrainingDomain
    energy_map: Hyperparameters
    energy_dual_coefficients: np.ndarray
    calibration: Calibration
    subspace: DensitySubspace | None = None
    density_map: Hyperparameters | None = None
    density_dual_coefficients: np.ndarray | None = None
    training_densities: np.ndarray | None = None
    energy_training: str | None = None
    energy_constant: float = 0.0
    energy_gradient_coefficients: np.ndarray | None = None

    @classmethod
    def fit(
        cls,
        name: str,
        symbols: Sequence[str],
        frame: ReferenceFrame,
        descriptor: GaussiansPotential,
        positions: ArrayLike,
        energies: ArrayLike,
        coordinates: ArrayLike | None = None,
        subspace: DensitySubspace | None = None,
        gradients: ArrayLike | None = None,
        say: Callable[[str], None] = lambda message: None,
    ) -> "MoleculeMap":
        """Train ML-HK, or ML-KS where no densities are given.

        Widths and regularisations are chosen by leave-one-out, one pair for all coordinates of the
        densities and one for the energies. Where gradients are given, the energy is learned from
        both (see `hkmaps.kernels.gradient_ridge`); the density map is the same.

        Args:
            name: the molecule.
            symbols: chemical symbols of its atoms.
            frame: its reference frame.
            descriptor: its descriptor, such as `GaussiansPotential(charges)`.
            positions: training geometries, raw or aligned, shape (M, atoms, 3), in bohr.
            energies: shape (M,), in Ha.
            coordinates: densities in the subspace, shape (M, subspace.rank), in bohr^-3/2.
            subspace: what they are coordinates in.
            gradients: of the energies with respect to the positions, minus the forces, shape
                (M, atoms, 3), in Ha/bohr.
            say: called with a line of text after each step of a search that takes long.

        Raises:
            InputError: the arrays do not go together or hold what they must not, such as the same
                geometry twice, or gradients of so many geometries need more memory than there is.
        """
        expect_shape(list(symbols), descriptor.charges.shape, f"chemical symbols of {name}")
        expect_shape(frame.masses, descriptor.charges.shape, f"masses of {name}")
        positions = expect_positions(positions, len(symbols))
        energies = expect_finite(energies, f"energy of {name}")
        expect_shape(energies, (len(positions),), f"energies of {name}")
        if (coordinates is None) != (subspace is None):
            raise InputError(
                f"{HOHENBERG_KOHN} takes the coordinates of densities together with their subspace;"
                " only one of the two was given."
            )
        alignment = frame.align(positions, checked=True)
        aligned = alignment.positions
        prepared = descriptor.prepare(aligned)
        distances = descriptor.squared_distances(aligned, prepared)
        _expect_different(distances, ROUNDING * prepared.norms.max())
        pairs = None
        if gradients is not None:
            gradients = expect_finite(gradients, f"gradients of the energy of {name}")
            expect_shape(gradients, positions.shape, f"gradients of the energy of {name}")
            expect_memory(len(positions), frame.axes.shape[1])
            gradients = frame.carry(alignment, gradients).reshape(len(positions), -1) @ frame.axes
            # ML-HK learns the gradients from densities.
            pairs = descriptor.pair_derivatives(aligned, frame.axes, mixed=subspace is None)
        known = name, tuple(symbols), frame, descriptor, aligned
        known = *known, TrainingDomain.of(aligned, distances)
        places = aligned, distances
        if subspace is None:
            if pairs is None:
                return cls(*known, *learn_energies(distances, energies, places, "precomputed"))
            found = learn_gradients(pairs, energies, gradients, say)
            return cls(
                *known,
                *learned_with_gradients(found, places, energies),
                **gradient_attributes(found, frame.axes.T),
            )
        expect_shape(coordinates, (len(positions), subspace.rank), "density coordinates")
        density_map, weights = learn(distances, coordinates, "precomputed")
        kernel = gaussian_kernel(distances, density_map.width)
        predicted = kernel @ weights
        of_density = subspace, density_map, weights, predicted, PREDICTED
        if pairs is None:
            return cls(*known, *learn_energies(predicted, energies, places), *of_density)
        slopes = (-0.5 / density_map.width**2 * kernel)[..., None] * pairs.first
        moved = np.einsum("jid,ir->jdr", slopes, weights, optimize=True)
        found = learn_gradients(density_pairs(predicted, moved), energies, gradients, say)
        return cls(
            *known,
            *learned_with_gradients(found, places, energies),
            *of_density,
            **gradient_attributes(found, moved),
        )

    def refit_energy_map(self, coordinates: ArrayLike, energies: ArrayLike) -> "MoleculeMap":
        """Return ML-HK with this density map and an energy map trained on reference densities.

        Args:
            coordinates: those of the training geometries, shape (M, rank), in bohr^-3/2.
            energies: likewise, shape (M,), in Ha.
        """
        self._expect_densities()
        expect_shape(coordinates, self.training_densities.shape, "density coordinates")
        known = self.training_positions
        places = known, self.descriptor.squared_distances(known, self._prepared)
        energy_map, weights, calibration = learn_energies(coordinates, energies, places)
        return replace(
            self,
            energy_map=energy_map,
            energy_dual_coefficients=weights,
            calibration=calibration,
            training_densities=np.asarray(coordinates),
            energy_training=REFERENCE,
            energy_constant=0.0,
            energy_gradient_coefficients=None,
        )

    @property
    def method(self) -> str:
        """ML-HK or ML-KS."""
        return KOHN_SHAM if self.subspace is None else HOHENBERG_KOHN

    @property
    def learned_from(self) -> str:
        """Energies, or energies and forces."""
        return ENERGIES if self.energy_gradient_coefficients is None else ENERGIES_AND_FORCES

    def align(self, positions: Geometries) -> Alignment:
        """Return geometries, checked, in the reference frame, step 1 of the chain."""
        if isinstance(positions, Alignment):
            return positions
        return self.frame.align(expect_positions(positions, len(self.symbols)), checked=True)

    def energies(self, positions: Geometries) -> np.ndarray:
        """Return predicted energies, shape (S,), in Ha."""
        passes = self._passes(self.align(positions).positions)
        return np.concatenate([found.energies for _, found in passes])

    def energies_and_gradients(self, positions: Geometries) -> SurfacePoints:
        """Return energies, their analytic gradients, and how far geometries are from training."""
        alignment = self.align(positions)
        energies, domain_distances = np.empty((2, len(alignment.positions)))
        gradients = np.empty(alignment.positions.shape)
        for rows, found in self._passes(alignment.positions):
            energies[rows] = found.energies
            aligned, distances = found.compared.positions, found.compared.squared_distances
            domain_distances[rows] = self.domain.distance(aligned, distances)
            slopes = self._slopes(found)
            gradients[rows] = self.descriptor.pull_back(found.compared, self._prepared, slopes)
            if found.along is not None:
                slopes = found.kernel * (-0.5 / self.energy_map.width**2)
                gradients[rows] += self.descriptor.pull_back_along(
                    found.compared, self._prepared, found.along, slopes
                )
        return SurfacePoints(energies, self.frame.pull_back(alignment, gradients), domain_distances)

    def energy_uncertainties(self, positions: Geometries) -> np.ndarray:
        """Return the standard deviations of the energies' errors, shape (S,), in Ha.

        They follow from how new the geometries are (`Novelty`) and from the errors of training
        geometries left out (`Calibration`). Errors of the reference calculations, and of a density
        map of ML-HK that did not see the geometry, are left out of account.
        """
        novelty = []
        aligned = self.align(positions).positions
        for rows in self._blocks(aligned):
            distances = self.descriptor.squared_distances(aligned[rows], self._prepared)
            novelty.append(self._novelty.of(aligned[rows], distances))
        return self.calibration.deviations(np.concatenate(novelty))

    def energy_intervals(self, positions: Geometries, share: float) -> np.ndarray:
        """Return half-widths of the intervals that hold a share of the errors, shape (S,), in Ha.

        Args:
            positions: the geometries.
            share: one of `hkmaps.maps.results.SHARES`.

        Raises:
            InputError: it is another share.
        """
        return self.calibration.ratio(share) * self.energy_uncertainties(positions)

    def least_certain(self, positions: Geometries, count: int, above: float) -> np.ndarray:
        """Choose the geometries that the map should learn next, no two of them alike.

        One after the other, that of the largest uncertainty is chosen, as it would be had the map
        learned those before.

        Args:
            positions: geometries to choose from, shape (S, atoms, 3), in bohr.
            count: how many at most.
            above: standard deviation of the energy in Ha below which none is chosen.

        Returns:
            Rows in the order of choice, at most `count`.
        """
        aligned, chosen = self.align(positions).positions, []
        distances = self.descriptor.squared_distances(aligned, self._prepared)

        def distances_to(row: int) -> np.ndarray:
            own = self.descriptor.prepare(aligned[row : row + 1])
            return self.descriptor.squared_distances(aligned, own)[:, 0]

        for row, novelty in self._novelty.newest(aligned, distances, distances_to):
            if len(chosen) == count or not self.calibration.deviations(novelty) > above:
                break
            chosen.append(row)
        return np.array(chosen, dtype=int)

    def coordinates(self, positions: Geometries) -> np.ndarray:
        """Return predicted densities in the subspace, shape (S, rank), in bohr^-3/2; ML-HK only."""
        self._expect_densities()
        passes = self._passes(self.align(positions).positions)
        return np.concatenate([found.coordinates for _, found in passes])

    def coefficients(self, positions: Geometries) -> np.ndarray:
        """Return predicted densities of the aligned geometries, (S, basis.size); ML-HK only."""
        coordinates = self.coordinates(positions)
        return self.subspace.expand(coordinates)

    def density(self, positions: Geometries, points: ArrayLike) -> np.ndarray:
        """Return the predicted density at points in space; ML-HK only.

        Args:
            positions: geometries, shape (S, atoms, 3), in bohr.
            points: where, in the same axes, shape (P, 3), in bohr.

        Returns:
            Shape (S, P), in bohr^-3; beyond the cube of the basis the density repeats itself.
        """
        alignment, points = self.align(positions), expect_points(points)
        coefficients = self.coefficients(alignment)
        # The molecule's origin is the middle of the cube, which runs from 0 to its length.
        basis = self.subspace.basis
        shifted = (points - alignment.origins[:, None]) @ alignment.rotations + basis.length / 2
        return np.array([basis.density(*pair) for pair in zip(coefficients, shifted, strict=True)])

    def energies_of_densities(self, coordinates: ArrayLike) -> np.ndarray:
        """Return the energies E~[n] of densities given in the subspace; ML-HK only.

        Args:
            coordinates: shape (S, rank), in bohr^-3/2.

        Returns:
            Shape (S,), in Ha.
        """
        self._expect_densities()
        coordinates = expect_finite(coordinates, "density coordinates")
        expect_shape(coordinates, (len(coordinates), self.subspace.rank), "density coordinates")
        return self._energies_of(coordinates)[0]

    def domain_distance(self, positions: Geometries) -> np.ndarray:
        """Return how far geometries are from those of training, shape (S,); see `TrainingDomain`.

        A wrong order of equal atoms that the frame does not undo shows here alone.
        """
        found = []
        aligned = self.align(positions).positions
        for rows in self._blocks(aligned):
            distances = self.descriptor.squared_distances(aligned[rows], self._prepared)
            found.append(self.domain.distance(aligned[rows], distances))
        return np.concatenate(found)

    def in_domain(self, positions: Geometries) -> np.ndarray:
        """Return whether `domain_distance` is at most 1, flags of shape (S,)."""
        return self.domain_distance(positions) <= 1

    def expect_symbols(self, symbols: Sequence[str]) -> None:
        """Raise `InputError` unless atoms of these elements are the molecule's in its order."""
        given, needed = " ".join(symbols), " ".join(self.symbols)
        if given == needed:
            return
        if sorted(symbols) == sorted(self.symbols):
            raise InputError(
                f"The atoms are given in the order {given}; the map of {self.name} takes them in"
                f" the order {needed}, and which atom is which cannot be guessed."
            )
        raise InputError(
            f"The atoms are {given}; the map of {self.name} holds for its atoms alone, {needed}."
        )

    def save(self, folder: str | Path) -> None:
        """Write the map to files of a folder, each whole or not at all.

        A map and a subspace that do not belong together, as after a kill between the two, are
        refused by `load`.
        """
        folder, of_density = Path(folder), self.subspace is not None
        # The subspace is by far the largest part, and may be there already.
        if of_density and not self._subspace_is_in(folder):
            self.subspace.save(folder / SUBSPACE_FILE)
        tensors = {
            "training_positions": self.training_positions,
            "energy_dual_coefficients": self.energy_dual_coefficients,
            "domain_middle": self.domain.middle,
            "domain_reach": self.domain.reach,
            "frame_positions": self.frame.positions,
            "frame_masses": self.frame.masses,
            "frame_labelings": self.frame.labelings,
        }
        if of_density:
            tensors["density_dual_coefficients"] = self.density_dual_coefficients
            tensors["training_densities"] = self.training_densities
        if self.energy_gradient_coefficients is not None:
            tensors["energy_gradient_coefficients"] = self.energy_gradient_coefficients
        header = {
            "name": self.name,
            "symbols": self.symbols,
            "descriptor": [type(self.descriptor).__name__, self.descriptor.settings],
            "domain_radius": self.domain.radius,
            "energy_map": self.energy_map._asdict(),
            "calibration": asdict(self.calibration),
            "density_map": self.density_map._asdict() if of_density else None,
            "energy_training": self.energy_training,
            "energy_constant": self.energy_constant,
            "subspace": self.subspace.fingerprint if of_density else None,
        }
        write_tensors(folder / MAP_FILE, tensors, header)

    @classmethod
    def load(cls, folder: str | Path) -> "MoleculeMap":
        """Read a map that `save` wrote; it predicts the same bits.

        Raises:
            InputError: a file is missing, damaged, or of another map.
        """
        path, of_subspace = (Path(folder) / file for file in (MAP_FILE, SUBSPACE_FILE))
        what = f"saved {cls.__name__}"
        tensors, header = read_tensors(path, what)
        subspace = density_map = None
        with reading(path, what):
            kind, settings = header["descriptor"]
            held = header["calibration"]
            middle, reach = tensors.pop("domain_middle"), tensors.pop("domain_reach")
            parts = (tensors.pop(f"frame_{part}") for part in ("positions", "masses", "labelings"))
            frame, fingerprint = ReferenceFrame(*parts), header["subspace"]
            if fingerprint is not None:
                density_map = Hyperparameters(**header["density_map"])
                subspace = DensitySubspace.load(of_subspace)
                if subspace.fingerprint != fingerprint:
                    raise InputError(
                        f"{of_subspace} is not the density subspace that the map of"
                        f" {header['name']} in {path} was trained in; delete both to have them made"
                        " again."
                    )
            return cls(
                name=header["name"],
                symbols=tuple(header["symbols"]),
                frame=frame,
                descriptor=DESCRIPTORS[kind](**settings),
                domain=TrainingDomain(header["domain_radius"], middle, reach),
                energy_map=Hyperparameters(**header["energy_map"]),
                calibration=Calibration(**held | {"ratios": tuple(held["ratios"])}),
                subspace=subspace,
                density_map=density_map,
                energy_training=header["energy_training"],
                energy_constant=header["energy_constant"],
                **tensors,
            )

    def _subspace_is_in(self, folder: Path) -> bool:
        """Whether the subspace was saved there before."""
        path = folder / SUBSPACE_FILE
        return (
            path.is_file() and DensitySubspace.load(path).fingerprint == self.subspace.fingerprint
        )

    @cached_property
    def _prepared(self) -> NamedTuple:
        return self.descriptor.prepare(self.training_positions)

    @cached_property
    def _novelty(self) -> Novelty:
        trained_on = self.training_positions, self._prepared
        return Novelty(self.training_positions, self.descriptor.squared_distances(*trained_on))

    def _blocks(self, aligned: np.ndarray) -> Iterator[slice]:
        """Geometries to take at once, as many as `TERMS_AT_ONCE` allows."""
        step = max(1, TERMS_AT_ONCE // (self.training_positions.size // 3 * len(self.symbols)))
        return (slice(start, start + step) for start in range(0, len(aligned), step))

    def _passes(self, aligned: np.ndarray) -> Iterator[tuple[slice, Pass]]:
        """Go forward with aligned geometries, block by block."""
        densities, directions = self.subspace is not None, self.energy_gradient_coefficients
        width = (self.density_map if densities else self.energy_map).width
        for rows in self._blocks(aligned):
            compared = self.descriptor.compare(aligned[rows], self._prepared)
            kernel = gaussian_kernel(compared.squared_distances, width)
            if densities:
                coordinates = kernel @ self.density_dual_coefficients
                energies, weights, likeness = self._energies_of(coordinates)
                yield rows, Pass(energies, compared, kernel, weights, coordinates, likeness)
                continue
            weights, along = self.energy_dual_coefficients, None
            if directions is None:
                energies = kernel @ weights
            else:
                along = self.descriptor.along(compared, self._prepared, directions)
                weights = weights - along.values / (2 * width**2)
                energies = self.energy_constant + np.einsum("sm,sm->s", kernel, weights)
            yield rows, Pass(energies, compared, kernel, weights, along=along)

    def _energies_of(self, coordinates: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Energies of densities, what each value of the kernel counts, and the kernel, (S, M)."""
        distances = squared_distances(coordinates, self.training_densities)
        likeness = gaussian_kernel(distances, self.energy_map.width)
        weights, moved = self.energy_dual_coefficients, self.energy_gradient_coefficients
        if moved is None:
            return likeness @ weights, weights, likeness
        own = np.einsum("mr,mr->m", moved, self.training_densities)
        weights = weights + (coordinates @ moved.T - own) / self.energy_map.width**2
        energies = self.energy_constant + np.einsum("sm,sm->s", likeness, weights)
        return energies, weights, likeness

    def _slopes(self, found: Pass) -> np.ndarray:
        """Derivatives of the energies with respect to the squared distances, shape (S, M)."""
        weights, of_energy = found.weights, self.energy_map
        if self.subspace is None:
            return found.kernel * (-0.5 / of_energy.width**2 * weights)
        pulls = found.likeness * (-weights / of_energy.width**2)
        slope = pulls.sum(axis=1, keepdims=True) * found.coordinates
        slope -= pulls @ self.training_densities
        if self.energy_gradient_coefficients is not None:
            slope += found.likeness @ self.energy_gradient_coefficients / of_energy.width**2
        of_kernel = slope @ self.density_dual_coefficients.T
        return found.kernel * of_kernel * (-0.5 / self.density_map.width**2)

    def _expect_densities(self) -> None:
        if self.subspace is None:
            raise InputError(
                f"This map of {self.name} is {KOHN_SHAM}, which predicts energies alone; densities"
                f" need {HOHENBERG_KOHN}."
            )


def _expect_different(distances: np.ndarray, rounding: float) -> None:
    """Refuse equal geometries: with one of them left out, the other would still be known."""
    equal = np.argwhere(np.triu(distances <= rounding, k=1))
    if len(equal):
        first, second = equal[0]
        raise InputError(
            f"The training geometries {first} and {second} have the same potential; training"
            " geometries must be different, also after an exchange of equal atoms."
        )
