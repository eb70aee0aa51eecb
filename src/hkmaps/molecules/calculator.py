"""A trained map of a molecule as a calculator of ASE, in its units, eV and Angstrom."""

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from ase import Atoms, units
from ase.calculators.calculator import Calculator, all_changes
from numpy.typing import ArrayLike

from hkmaps.errors import InputError
from hkmaps.maps.gradients import EnergySurface
from hkmaps.maps.molecule_map import MoleculeMap

OUTSIDE = ("warn", "raise")
"""What may happen at a geometry outside the domain of training."""


class OutsideDomainWarning(UserWarning):
    """A map was asked for a geometry unlike all that it was trained on."""


class OutsideDomainError(InputError):
    """The same as an error; `str(error)` is one sentence."""


class HohenbergKohnCalculator(Calculator):
    """Energies and forces of a molecule by ML-HK or ML-KS, for anything that ASE does.

    Forces are analytic derivatives through both regressions (paper B, equations 8, 9 and 13).
    Beyond energy and forces the results are `in_domain`, `domain_distance` (a pure number, at most
    1 inside; see `hkmaps.maps.map_uncertainty.TrainingDomain`) and, where it is asked for by
    `get_energy_uncertainty`, `energy_uncertainty` in eV.

    Outside of the domain the first of consecutive geometries is warned of, and every one is marked
    in the results; or it is an error.

    Args:
        molecule_map: the trained map.
        outside: one of `OUTSIDE`.

    Raises:
        InputError: `outside` is unknown.

    Example:
        ``atoms.calc = HohenbergKohnCalculator.from_folder("results/maps/ethane")``
    """

    implemented_properties = (
        "energy",
        "forces",
        "energy_uncertainty",
        "domain_distance",
        "in_domain",
    )

    def __init__(self, molecule_map: MoleculeMap, outside: str = "warn"):
        if outside not in OUTSIDE:
            raise InputError(
                f"What happens outside the domain is {outside!r}; it must be one of"
                f" {', '.join(OUTSIDE)}."
            )
        super().__init__()
        self.surface = EnergySurface(molecule_map)
        self.outside = outside
        self._warned = False

    @classmethod
    def from_folder(cls, folder: str | Path, outside: str = "warn") -> "HohenbergKohnCalculator":
        """Return the calculator of a map that `MoleculeMap.save` wrote.

        Raises:
            InputError: a file is missing, damaged, or of another map, or `outside` is unknown.
        """
        return cls(MoleculeMap.load(folder), outside)

    @property
    def molecule_map(self) -> MoleculeMap:
        """The trained map."""
        return self.surface.molecule_map

    def calculate(
        self,
        atoms: Atoms | None = None,
        properties: Sequence[str] = ("energy",),
        system_changes: Sequence[str] = all_changes,
    ) -> None:
        """Fill `results`; ASE calls it.

        Raises:
            InputError: other atoms or another order than the map's, periodic boundaries, atoms
                that coincide, or positions that are not finite.
            OutsideDomainError: the geometry is outside, and that is to be an error.
        """
        super().calculate(atoms, properties, system_changes)
        self.results = {}
        positions = self._positions(self.atoms)
        points = self.surface.energies_and_gradients(positions)
        self._expect_inside(float(points.domain_distances[0]))
        self.results = {
            "energy": float(points.energies[0]) * units.Hartree,
            "forces": -points.gradients[0] * units.Hartree / units.Bohr,
            "domain_distance": float(points.domain_distances[0]),
            "in_domain": bool(points.domain_distances[0] <= 1),
        }
        if "energy_uncertainty" in properties:
            variance = self.molecule_map.energy_variances(positions)[0]
            self.results["energy_uncertainty"] = float(np.sqrt(variance)) * units.Hartree

    def get_energy_uncertainty(self, atoms: Atoms | None = None) -> float:
        """Return the predictive standard deviation of the energy, in eV.

        Args:
            atoms: the molecule; None for that of the last calculation.
        """
        return self.get_property("energy_uncertainty", atoms)

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
        positions = self._positions(atoms)
        self._expect_inside(float(self.molecule_map.domain_distance(positions)[0]))
        points = np.asarray(points, dtype=np.float64) / units.Bohr
        return self.molecule_map.density(positions, points)[0] / units.Bohr**3

    def reset(self) -> None:
        """Forget the last calculation, and that a geometry was warned of."""
        super().reset()
        self._warned = False

    def _positions(self, atoms: Atoms) -> np.ndarray:
        """Positions in bohr, shape (1, atoms, 3), of atoms that the map can be asked for."""
        self.molecule_map.expect_symbols(atoms.get_chemical_symbols())
        if atoms.pbc.any():
            raise InputError(
                f"The atoms have periodic boundaries; this map of {self.molecule_map.name} holds"
                " for one molecule in vacuum, with pbc=False."
            )
        return atoms.positions[None] / units.Bohr

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
