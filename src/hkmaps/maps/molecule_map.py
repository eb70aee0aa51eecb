"""A trained map of one molecule that takes its geometries in any place and orientation.

From a geometry R to an energy, with the M training geometries and the names of `MoleculeMap`:

1. x is R in the reference frame, `frame.align`.
2. v is the Gaussians potential of x, v_i that of `training_positions` (paper B, equation 5), and
   k_i = exp(-|v - v_i|^2 / (2 s^2)) with s = `potential_width`; the distances are analytic.
3. ML-KS: E = sum_i a_i k_i with a = `energy_dual_coefficients` (equation 15).
   ML-HK: the density has the coordinates u = sum_i b_i k_i in the subspace, with b =
   `density_dual_coefficients` (equations 8 and 9), and the energy
   E = sum_j a_j exp(-|u - u_j|^2 / (2 t^2)) with t = `density_width` and u_j =
   `training_densities`, the predicted ones of the training geometries (equation 13).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from hkmaps.checks import expect_finite, expect_geometries
from hkmaps.densities.fourier import expect_points
from hkmaps.errors import InputError
from hkmaps.geometry.frame import Alignment, ReferenceFrame
from hkmaps.kernels.cross_validation import CrossValidatedKernelRidge
from hkmaps.kernels.gaussians_potential import GAMMA
from hkmaps.kernels.kernel_functions import squared_distances
from hkmaps.kernels.kernel_ridge import KernelRidge
from hkmaps.kernels.model_files import read_model_and_notes, write_model
from hkmaps.maps.density_subspace import DensitySubspace
from hkmaps.maps.geometry_map import GeometryMap
from hkmaps.maps.hohenberg_kohn import HohenbergKohnMap
from hkmaps.maps.inputs import expect_molecule, expect_samples
from hkmaps.maps.kohn_sham import KohnShamMap
from hkmaps.maps.map_uncertainty import EnergyProcess, TrainingDomain
from hkmaps.maps.results import HOHENBERG_KOHN, KOHN_SHAM
from hkmaps.tensor_files import reading

MAP_FILE, SUBSPACE_FILE = "map.safetensors", "density_subspace.safetensors"
"""Files of a saved map."""


@dataclass(frozen=True, eq=False)
class MoleculeMap:
    """ML-HK or ML-KS of a molecule: energies, their uncertainty, densities, and the domain.

    Geometries are given raw, shape (S, atoms, 3), in bohr, with the atoms in the order of
    `symbols`. Every method that takes them raises `InputError` where they have another shape, are
    not finite, or two atoms coincide.

    Attributes:
        name: the molecule.
        symbols: chemical symbols of its atoms.
        frame: reference frame in which it was trained.
        geometry_map: the trained regressions, on aligned geometries.
        subspace: what the densities of ML-HK are represented in; None for ML-KS.
    """

    name: str
    symbols: tuple[str, ...]
    frame: ReferenceFrame
    geometry_map: GeometryMap
    subspace: DensitySubspace | None = None

    @classmethod
    def fit(
        cls,
        name: str,
        symbols: Sequence[str],
        charges: ArrayLike,
        frame: ReferenceFrame,
        positions: ArrayLike,
        energies: ArrayLike,
        coordinates: ArrayLike | None = None,
        subspace: DensitySubspace | None = None,
        gamma: float = GAMMA,
    ) -> "MoleculeMap":
        """Train ML-HK, or ML-KS where no densities are given.

        Widths and regularisations are chosen by leave-one-out, one pair for all coordinates of the
        densities and one for the energies.

        Args:
            name: the molecule.
            symbols: chemical symbols of its atoms.
            charges: nuclear charges of its atoms, shape (atoms,).
            frame: its reference frame.
            positions: training geometries, raw or aligned, shape (M, atoms, 3), in bohr.
            energies: shape (M,), in Ha.
            coordinates: densities in the subspace, shape (M, subspace.rank), in bohr^-3/2.
            subspace: what they are coordinates in.
            gamma: width of the Gaussians of the potential, in bohr.

        Raises:
            InputError: the arrays do not go together or hold what they must not, such as the same
                geometry twice.
        """
        charges, positions = expect_geometries(charges, positions)
        expect_samples(list(symbols), charges.shape, f"chemical symbols of {name}")
        targets = [expect_finite(energies, f"energy of {name}")]
        regression = CrossValidatedKernelRidge(metric="precomputed")
        estimator = KohnShamMap(regression)
        if coordinates is not None and subspace is not None:
            expect_samples(coordinates, (len(positions), subspace.rank), "density coordinates")
            targets.insert(0, coordinates)
            estimator = HohenbergKohnMap(density_regression=regression)
        elif coordinates is not None or subspace is not None:
            raise InputError(
                f"{HOHENBERG_KOHN} takes the coordinates of densities together with their subspace;"
                " only one of the two was given."
            )
        geometry_map = GeometryMap(estimator, gamma)
        geometry_map.fit(charges, frame.align(positions).positions, *targets)
        return cls(name, tuple(symbols), frame, geometry_map, subspace)

    @property
    def method(self) -> str:
        """ML-HK or ML-KS."""
        return KOHN_SHAM if self.subspace is None else HOHENBERG_KOHN

    @property
    def charges(self) -> np.ndarray:
        """Nuclear charges, shape (atoms,)."""
        return self.geometry_map.charges_

    @property
    def gamma(self) -> float:
        """Width of the Gaussians of the potential, in bohr."""
        return self.geometry_map.gamma

    @property
    def training_positions(self) -> np.ndarray:
        """Aligned training geometries, shape (M, atoms, 3), in bohr."""
        return self.geometry_map.positions_

    @property
    def potential_width(self) -> float:
        """Width s of the kernel of potentials, in bohr^3/2."""
        return _width(self._of_potentials)

    @property
    def density_dual_coefficients(self) -> np.ndarray:
        """Weights b of the density's coordinates, shape (M, rank), in bohr^-3/2; ML-HK only."""
        self._expect_densities()
        return self._of_potentials.dual_coef_

    @property
    def density_width(self) -> float:
        """Width t of the kernel of densities, in bohr^-3/2; ML-HK only."""
        self._expect_densities()
        return _width(self._of_energies)

    @property
    def training_densities(self) -> np.ndarray:
        """Predicted densities u_j of the training geometries, shape (M, rank); ML-HK only."""
        self._expect_densities()
        return self._of_energies.X_fit_

    @property
    def energy_dual_coefficients(self) -> np.ndarray:
        """Weights a of the energy, shape (M,), in Ha."""
        return self._of_energies.dual_coef_

    def align(self, positions: ArrayLike) -> Alignment:
        """Return geometries in the reference frame, step 1 of the chain."""
        _, positions = expect_geometries(self.charges, positions)
        return self.frame.align(positions)

    def energies(self, positions: ArrayLike) -> np.ndarray:
        """Return predicted energies, shape (S,), in Ha."""
        return self.geometry_map.predict(self.charges, self.align(positions).positions)

    def energy_variances(self, positions: ArrayLike) -> np.ndarray:
        """Return the predictive variances of the energies, shape (S,), in Ha^2.

        They are those of an `EnergyProcess`. The kernel of predicted densities is a kernel of
        potentials too, so ML-HK's variance is what the energy may differ by, given the map of
        potentials to densities; that each training geometry helped to make this map is left out of
        account, as are errors of the reference calculations and the uncertainty of the widths, and
        two geometries of like densities are taken to have like energies.
        """
        if self.subspace is None:
            return self._energy_process.variances(self._distances(positions))
        coordinates = self.coordinates(positions)
        distances = squared_distances(coordinates, self.training_densities)
        return self._energy_process.variances(distances)

    def coordinates(self, positions: ArrayLike) -> np.ndarray:
        """Return predicted densities in the subspace, shape (S, rank), in bohr^-3/2; ML-HK only."""
        self._expect_densities()
        aligned = self.align(positions).positions
        return self.geometry_map.predict_coefficients(self.charges, aligned)

    def coefficients(self, positions: ArrayLike) -> np.ndarray:
        """Return predicted densities of the aligned geometries, (S, basis.size); ML-HK only."""
        coordinates = self.coordinates(positions)
        return self.subspace.expand(coordinates)

    def density(self, positions: ArrayLike, points: ArrayLike) -> np.ndarray:
        """Return the predicted density at points in space; ML-HK only.

        Args:
            positions: geometries, shape (S, atoms, 3), in bohr.
            points: where, in the same axes, shape (P, 3), in bohr.

        Returns:
            Shape (S, P), in bohr^-3; beyond the cube of the basis the density repeats itself.
        """
        coefficients, rotations = self.coefficients(positions), self.align(positions).rotations
        origins = self.frame.weights @ expect_finite(positions, "positions of the atoms")
        # The molecule's origin is the middle of the cube, which runs from 0 to its length.
        basis = self.subspace.basis
        shifted = (expect_points(points) - origins[:, None]) @ rotations + basis.length / 2
        return np.array([basis.density(*pair) for pair in zip(coefficients, shifted, strict=True)])

    def domain_distance(self, positions: ArrayLike) -> np.ndarray:
        """Return how far geometries are from those of training, shape (S,); see `TrainingDomain`.

        A wrong order of equal atoms that the frame does not undo shows here alone.
        """
        return self.domain.distance(self.align(positions).positions, self._distances(positions))

    def in_domain(self, positions: ArrayLike) -> np.ndarray:
        """Return whether `domain_distance` is at most 1, flags of shape (S,)."""
        return self.domain_distance(positions) <= 1

    def expect_symbols(self, symbols: Sequence[str]) -> None:
        """Raise `InputError` unless atoms of these elements are the molecule's in its order."""
        expect_molecule(symbols, self.symbols, self.name)

    def save(self, folder: str | Path) -> None:
        """Write the map to files of a folder, each whole or not at all.

        A map and a subspace that do not belong together, as after a kill between the two, are
        refused by `load`.
        """
        folder, fingerprint = Path(folder), None
        if self.subspace is not None:
            fingerprint = self.subspace.fingerprint
            # The subspace is by far the largest part, and may be there already.
            if not self._subspace_is_in(folder):
                self.subspace.save(folder / SUBSPACE_FILE)
        notes = {"name": self.name, "symbols": " ".join(self.symbols), "subspace": fingerprint}
        frame = {name: getattr(self.frame, name) for name in ("positions", "masses", "labelings")}
        write_model(self.geometry_map, folder / MAP_FILE, frame=frame, **notes)

    def _subspace_is_in(self, folder: Path) -> bool:
        """Whether the subspace was saved there before."""
        path = folder / SUBSPACE_FILE
        return (
            path.is_file() and DensitySubspace.load(path).fingerprint == self.subspace.fingerprint
        )

    @classmethod
    def load(cls, folder: str | Path) -> "MoleculeMap":
        """Read a map that `save` wrote; it predicts the same bits.

        Raises:
            InputError: a file is missing, damaged, or of another map.
        """
        path, of_subspace = (Path(folder) / file for file in (MAP_FILE, SUBSPACE_FILE))
        parts = (HohenbergKohnMap, KohnShamMap, CrossValidatedKernelRidge, KernelRidge)
        geometry_map, notes = read_model_and_notes(GeometryMap, path, *parts)
        with reading(path, f"saved {cls.__name__}"):
            name, symbols, fingerprint = (notes[key] for key in ("name", "symbols", "subspace"))
            frame = ReferenceFrame(**notes["frame"])
        subspace = None if fingerprint is None else DensitySubspace.load(of_subspace)
        if subspace is not None and subspace.fingerprint != fingerprint:
            raise InputError(
                f"{of_subspace} is not the density subspace that the map of {name} in {path} was"
                " trained in; delete both to have them made again."
            )
        return cls(name, tuple(symbols.split()), frame, geometry_map, subspace)

    @property
    def _of_potentials(self) -> KernelRidge:
        """The regression that takes potentials."""
        estimator = self.geometry_map.estimator_
        name = "regression_" if self.subspace is None else "density_regression_"
        return getattr(estimator, name).best_estimator_

    @property
    def _of_energies(self) -> KernelRidge:
        """The regression that gives the energy."""
        if self.subspace is None:
            return self._of_potentials
        return self.geometry_map.estimator_.energy_regression_.best_estimator_

    @cached_property
    def _energy_process(self) -> EnergyProcess:
        return EnergyProcess(self._of_energies)

    @cached_property
    def domain(self) -> TrainingDomain:
        """The geometries that the map may be asked for."""
        return TrainingDomain(self.training_positions, self._of_potentials.training_distances_)

    def _distances(self, positions: ArrayLike) -> np.ndarray:
        return self.geometry_map.distances(self.charges, self.align(positions).positions)

    def _expect_densities(self) -> None:
        if self.subspace is None:
            raise InputError(
                f"This map of {self.name} is {KOHN_SHAM}, which predicts energies alone; densities"
                f" need {HOHENBERG_KOHN}."
            )


def _width(regression: KernelRidge) -> float:
    return float(np.squeeze(regression.width))
