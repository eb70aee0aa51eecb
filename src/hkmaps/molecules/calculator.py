"""A trained map of a molecule as a calculator of ASE, in its units, eV and Angstrom."""

import warnings
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from ase import Atoms, units
from ase.calculators.calculator import Calculator, all_changes
from numpy.typing import ArrayLike

from hkmaps.checks import expect_positions
from hkmaps.errors import InputError
from hkmaps.geometry.frame import Alignment
from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.molecules.learned_numberings import LearnedNumberings

OUTSIDE = ("warn", "raise")
"""What may happen at a geometry outside the domain of training."""

ANY, GIVEN = "any", "given"
NUMBERINGS = (ANY, GIVEN)
"""How atoms may be numbered: as they come, or as the map has them."""


class OutsideDomainWarning(UserWarning):
    """A map was asked for a geometry unlike all that it was trained on."""


class OutsideDomainError(InputError):
    """The same as an error; `str(error)` is one sentence."""


class MapCalculator(Calculator):
    """Energies and forces of a molecule by ML-HK or ML-KS, for anything that ASE does.

    Forces are analytic derivatives through both regressions (paper B, equations 8, 9 and 13).

    Atoms may come in any order and numbering: they are matched with the map's by bonds and
    handedness. Where several numberings fit, as equal atoms have them, energy, forces, density and
    domain distance are the means over those that the map has learned (see
    `hkmaps.molecules.learned_numberings`), so that none of them depends on the numbering. With
    `numbering="given"` the atoms are taken as the map's in its own numbering and nothing is
    matched: the energy is that of `MoleculeMap.energies`, and costs as much.

    Outside of the domain the first of consecutive geometries is warned of, and every one is marked
    in `extras`; or it is an error.

    Attributes:
        results: `energy`, `free_energy` (the same) in eV and `forces` in eV/Angstrom.
        extras: what ASE has no name for: `in_domain`, `domain_distance` (a pure number, at most 1
            inside; see `hkmaps.maps.map_uncertainty.TrainingDomain`) and, where it was asked for by
            `get_energy_uncertainty`, `energy_uncertainty` in eV.

    Args:
        molecule_map: the trained map, kept as an attribute.
        outside: one of `OUTSIDE`.
        numbering: one of `NUMBERINGS`.

    Raises:
        InputError: `outside` or `numbering` is unknown.

    Example:
        ``atoms.calc = MapCalculator.from_folder("results/maps/ethane/300+350K/hohenberg_kohn")``
    """

    implemented_properties = ("energy", "free_energy", "forces")

    def __init__(self, molecule_map: MoleculeMap, outside: str = "warn", numbering: str = ANY):
        for what, value, allowed in (
            ("The argument outside", outside, OUTSIDE),
            ("The argument numbering", numbering, NUMBERINGS),
        ):
            if value not in allowed:
                raise InputError(f"{what} is {value!r}; it must be one of {', '.join(allowed)}.")
        super().__init__()
        self.molecule_map = molecule_map
        self.outside, self.numbering = outside, numbering
        self.extras = {}
        self._warned = False

    @classmethod
    def from_folder(
        cls, folder: str | Path, outside: str = "warn", numbering: str = ANY
    ) -> "MapCalculator":
        """Return the calculator of a map that `MoleculeMap.save` wrote.

        Raises:
            InputError: a file is missing, damaged, or of another map, or `outside` or `numbering`
                is unknown.
        """
        return cls(MoleculeMap.load(folder), outside, numbering)

    def calculate(
        self,
        atoms: Atoms | None = None,
        properties: Sequence[str] = ("energy",),
        system_changes: Sequence[str] = all_changes,
    ) -> None:
        """Fill `results`; ASE calls it.

        Raises:
            InputError: another molecule than the map's, its mirror image, periodic boundaries,
                atoms that coincide, or positions that are not finite.
            OutsideDomainError: the geometry is outside, and that is to be an error.
        """
        super().calculate(atoms, properties, system_changes)
        self.results, self.extras = {}, {}
        rows, aligned = self._numbered(self.atoms)
        points = self.molecule_map.energies_and_gradients(aligned)
        means = self._means(rows, points.domain_distances)
        distance = float(points.domain_distances[means].mean())
        self._expect_inside(distance)
        gradients = np.zeros(aligned.positions.shape[1:])
        for row, gradient in zip(rows[means], points.gradients[means], strict=True):
            gradients[row] += gradient / means.sum()
        energy = float(points.energies[means].mean()) * units.Hartree
        forces = -gradients * units.Hartree / units.Bohr
        self.results = {"energy": energy, "free_energy": energy, "forces": forces}
        self.extras = {"domain_distance": distance, "in_domain": distance <= 1}

    def get_energy_uncertainty(self, atoms: Atoms | None = None) -> float:
        """Return the predictive standard deviation of the energy, in eV.

        Args:
            atoms: the molecule; None for that of the last calculation.
        """
        self.get_property("energy", atoms)
        if "energy_uncertainty" not in self.extras:
            deviations = self.molecule_map.energy_uncertainties(self._nearest(self.atoms))
            deviation = float(np.sqrt(np.mean(deviations**2)))
            self.extras["energy_uncertainty"] = deviation * units.Hartree
        return self.extras["energy_uncertainty"]

    def get_density(self, points: ArrayLike, atoms: Atoms | None = None) -> np.ndarray:
        """Return the predicted density of the valence electrons at points in space.

        Args:
            points: shape (P, 3), in Angstrom, in the axes of the atoms' positions.
            atoms: the molecule; None for that of the last calculation.

        Returns:
            Shape (P,), in Angstrom^-3.

        Raises:
            InputError: the map is ML-KS, which has no density, or as for `calculate`.
        """
        atoms = self.get_atoms() if atoms is None else atoms
        aligned = self._nearest(atoms)
        self._expect_inside(float(self.molecule_map.domain_distance(aligned).mean()))
        points = np.asarray(points, dtype=np.float64) / units.Bohr
        return self.molecule_map.density(aligned, points).mean(axis=0) / units.Bohr**3

    def reset(self) -> None:
        """Forget the last calculation, and that a geometry was warned of."""
        super().reset()
        self.extras = {}
        self._warned = False

    @cached_property
    def _numberings(self) -> LearnedNumberings:
        return LearnedNumberings(self.molecule_map)

    def _numbered(self, atoms: Atoms) -> tuple[np.ndarray, Alignment]:
        """Numberings (n, atoms) in which the map can be asked for atoms, and how they lie."""
        symbols, positions = atoms.get_chemical_symbols(), atoms.positions / units.Bohr
        if self.numbering == GIVEN or sorted(symbols) != sorted(self.molecule_map.symbols):
            self.molecule_map.expect_symbols(symbols)
        if atoms.pbc.any():
            raise InputError(
                f"The atoms have periodic boundaries; this map of {self.molecule_map.name} holds"
                " for one molecule in vacuum, with pbc=False."
            )
        if self.numbering == GIVEN:
            return np.arange(len(symbols))[None], self.molecule_map.align(positions[None])
        expect_positions(positions[None], len(symbols))
        return self._numberings.candidates(symbols, positions)

    def _means(self, rows: np.ndarray, distances: np.ndarray) -> np.ndarray:
        """Flags of the numberings to take the mean of, by their domain distances."""
        if len(rows) == 1:
            return np.array([True])
        return self._numberings.nearest(rows, distances)

    def _nearest(self, atoms: Atoms) -> Alignment:
        """Atoms, aligned, in the numberings to take the mean of."""
        rows, aligned = self._numbered(atoms)
        return aligned.rows(self._means(rows, self.molecule_map.domain_distance(aligned)))

    def _expect_inside(self, distance: float) -> None:
        if distance <= 1:
            self._warned = False
            return
        message = (
            f"The geometry is outside the domain of this map of {self.molecule_map.name}: it is"
            f" {distance:.3g} times as far from the training geometries as the domain reaches, so"
            " that energy and forces may be wrong by any amount."
        )
        if self.outside == "raise":
            raise OutsideDomainError(message)
        if not self._warned:
            self._warned = True
            warnings.warn(message, OutsideDomainWarning, stacklevel=2)
