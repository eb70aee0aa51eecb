"""Whether energies and densities of files can be those of a molecule's geometries."""

from pathlib import Path

import numpy as np

from hkmaps.densities.fourier import FourierBasis
from hkmaps.errors import InputError
from hkmaps.molecules.coefficient_layout import (
    NORMALISATIONS,
    PACKED,
    CoefficientLayout,
    dimension_functions,
)
from hkmaps.molecules.geometries import bond_lengths
from hkmaps.molecules.systems import Molecule

VALENCE_ELECTRONS = {"H": 1, "D": 1, "C": 4, "N": 5, "O": 6}

IONISATION_ENERGIES = {
    "H": (0.4997, 0.4997),
    "D": (0.4999, 0.4999),
    "C": (5.440, 37.856),
    "N": (9.810, 54.612),
    "O": (15.916, 75.110),
}
"""Energies in Ha that it takes to remove the valence electrons, and all electrons, of an atom:
sums of the ionisation energies in the NIST Atomic Spectra Database."""

ATOMISATION = 0.3
"""Ha an atom by which a molecule may be below its atoms; twice what organic molecules have."""

STIFFNESS = (0.01, 2.0)
"""Ha/bohr^2: between these times the square of the range of bond lengths is any spread of energies
of conformers, whose bonds are as stiff as 0.3 to 1 Ha/bohr^2."""

LEAST_BOND_RANGE, LEAST_ENERGY_SPREAD = 0.05, 0.1
"""Bond lengths in bohr and energies in Ha that vary less than this say nothing of the unit."""

COUNT_TOLERANCE = 0.01
"""Part of the electrons by which a density may miss their number."""

VANISHING = 1e-5
"""Part of the largest value that files of few digits may have where no function stands."""

ATOM_WIDTH = 0.8
"""Width in bohr of a Gaussian that stands for an atom's valence density at long waves."""

LONG_WAVES = 4
"""Frequencies per dimension at which densities are compared with atoms: waves of 5 bohr and more
in the cube of 20 bohr."""

LEAST_SIMILARITY, LEAST_CORRELATION = 0.9, 0.5
"""Cosine of a molecule's density and Gaussians at its atoms, and correlation of their changes from
geometry to geometry; the first is above 0.98, the second above 0.9 where they belong together."""


def expect_plausible_energies(
    molecule: Molecule, positions: np.ndarray, energies: np.ndarray, where: str, total: bool
) -> None:
    """Raise `InputError` where energies cannot be in the declared unit.

    The checks are coarse: total energies lie between those of the valence electrons and of all
    electrons of the atoms, and vary as bonds do that are neither slack nor rigid.

    Args:
        molecule: an entry of `MOLECULES`.
        positions: shape (S, atoms, 3), in bohr.
        energies: shape (S,), in Ha.
        where: what to call their source.
        total: whether they are total energies; if not, only their differences are looked at.
    """
    valence, every = np.sum([IONISATION_ENERGIES[symbol] for symbol in molecule.symbols], axis=0)
    low, high = -every - ATOMISATION * len(molecule.symbols), -0.85 * valence
    wrong = np.flatnonzero((energies < low) | (energies > high))
    if total and len(wrong):
        raise InputError(
            f"The energy of geometry {wrong[0]} in {where} is {energies[wrong[0]]:.6g} Ha in the"
            f" declared energy_unit; total energies of {molecule.name} are {low:.4g} to"
            f" {high:.4g} Ha, so the unit is wrong or they are not total energies"
            " (energy_zero: relative)."
        )
    varied = float(np.ptp(bond_lengths(molecule, positions), axis=0).max())
    spread = float(np.ptp(energies))
    least, most = (stiffness * varied**2 for stiffness in STIFFNESS)
    most = max(most, LEAST_ENERGY_SPREAD)
    if spread > most or (varied > LEAST_BOND_RANGE and spread < least):
        raise InputError(
            f"The energies in {where} spread over {spread:.3g} Ha in the declared energy_unit;"
            f" geometries of {molecule.name} whose bond lengths vary by {varied:.3g} bohr spread"
            f" over {least:.2g} to {most:.2g} Ha, so the unit is wrong."
        )


def expect_vanishing(layout: CoefficientLayout, values: np.ndarray, path: Path, first: int) -> None:
    """Raise `InputError` where a value stands for the sine of frequency 0 and does not vanish.

    Args:
        layout: the declared layout.
        values: rows of the file, shape (S, layout.size).
        path: the file.
        first: number of the first row.
    """
    wrong = np.flatnonzero((sizes := layout.vanishing(values)) > VANISHING)
    if len(wrong):
        row = int(wrong[0])
        raise InputError(
            f"{path} holds up to {sizes[row]:.2g} of the largest value of density {first + row}"
            " where the layout has the sine of frequency 0, which vanishes; parts:"
            f" {layout.parts} is wrong."
        )


def expect_electrons(
    molecule: Molecule, layout: CoefficientLayout, counts: np.ndarray, path: Path, first: int
) -> None:
    """Raise `InputError` unless densities hold the molecule's valence electrons, or all.

    Args:
        molecule: an entry of `MOLECULES`.
        layout: the declared layout.
        counts: integrals of the densities, shape (S,).
        path: the file.
        first: number of the first density.
    """
    valence = sum(VALENCE_ELECTRONS[symbol] for symbol in molecule.symbols)
    every = round(molecule.charges.sum())
    right = [np.abs(counts - number) <= COUNT_TOLERANCE * number for number in (valence, every)]
    wrong = np.flatnonzero(~(right[0] | right[1]))
    if len(wrong):
        count = float(counts[wrong[0]])
        raise InputError(
            f"Density {first + wrong[0]} of {path} holds {count:.6g} electrons in the declared"
            f" layout; {molecule.name} has {valence} valence electrons, {every} in all;"
            f" {_count_hint(layout, valence / count if count else np.inf)}."
        )


def _count_hint(layout: CoefficientLayout, ratio: float) -> str:
    """What would make up for too many or too few electrons."""
    zero = np.zeros(1, dtype=int)

    def scale(name: str, points: int | None) -> float:
        return float(NORMALISATIONS[name](zero, layout.box_length, points)[0])

    edge = np.cbrt(1 / ratio) * scale(layout.normalisation, layout.grid_points)
    fitting = [
        f"normalisation: {name}"
        for name in NORMALISATIONS
        if name != "grid_sum" and np.isclose(edge, scale(name, None), rtol=COUNT_TOLERANCE / 3)
    ]
    # As many points would be needed in a sum for it to be this many times the mean.
    points = edge * layout.box_length
    if np.isfinite(points) and points > 2 * layout.frequencies and abs(points % 1 - 0.5) > 0.4:
        fitting.append(f"normalisation: grid_sum with grid_points: {round(points)}")
    if fitting:
        return f"their number would fit {' or '.join(fitting)}"
    return "normalisation, grid_points, factor or parts of the layout could be wrong"


class DensityPlaces:
    """Compares densities at long waves with Gaussians at the atoms, block by block.

    Args:
        molecule: an entry of `MOLECULES`.
        layout: the declared layout.
        path: the file of the densities.
    """

    def __init__(self, molecule: Molecule, layout: CoefficientLayout, path: Path):
        self.molecule, self.layout, self.path = molecule, layout, path
        self.basis = FourierBasis(layout.box_length, min(LONG_WAVES, layout.frequencies))
        self.found, self.expected = [], []

    def add(self, values: np.ndarray, positions: np.ndarray) -> None:
        """Compare densities, each with its geometry.

        Args:
            values: rows of the file, shape (S, layout.size).
            positions: shape (S, atoms, 3) in bohr, the middle of the cube at zero.

        Raises:
            InputError: the densities are not where the atoms are, or another layout would bring
                them there better.
        """
        first = sum(map(len, self.found))
        found = self._long_waves(self.layout, values)
        expected = self._atoms(positions)
        similarity = _cosines(found, expected)
        if not first:
            self._expect_best(values, expected, similarity.mean())
        if similarity.min() < LEAST_SIMILARITY:
            row = int(similarity.argmin())
            raise InputError(
                f"Density {first + row} of {self.path} is not where the atoms of geometry"
                f" {first + row} are (similarity {similarity[row]:.3f}, at least"
                f" {LEAST_SIMILARITY}); the order of the densities, origin or length_unit could"
                " be wrong."
            )
        self.found.append(found)
        self.expected.append(expected)

    def expect_order(self) -> None:
        """Raise `InputError` where densities do not change from geometry to geometry as atoms do.

        Two that are exchanged are beyond this; a file in another order, or off by one row where
        rows are independent, is not.
        """
        found, expected = np.concatenate(self.found), np.concatenate(self.expected)
        changes, motions = found - found.mean(axis=0), expected - expected.mean(axis=0)
        norms = np.linalg.norm(changes) * np.linalg.norm(motions)
        if len(found) < 4 or np.linalg.norm(motions) < 1e-3 * np.linalg.norm(expected):
            return
        correlation = float((changes * motions).sum() / norms) if norms else 0.0
        if correlation < LEAST_CORRELATION:
            raise InputError(
                f"The densities of {self.path} do not follow the geometries (correlation"
                f" {correlation:.2f}, at least {LEAST_CORRELATION}); their rows must be in the"
                " order of the geometries."
            )

    def _expect_best(self, values: np.ndarray, expected: np.ndarray, similarity: float) -> None:
        best, change = similarity, ""
        for description, layout in self.layout.alternatives():
            other = _cosines(self._long_waves(layout, values), expected).mean()
            if layout.vanishing(values).max() <= VANISHING and other > best + 1e-9:
                best, change = other, description
        # Half the misfit is far more than what separates a molecule from a symmetric image of it.
        if change and 1 - best < 0.5 * (1 - similarity):
            raise InputError(
                f"The densities of {self.path} are not where the atoms are in the declared layout"
                f" (similarity {similarity:.3f}); they would be with {change}"
                f" (similarity {best:.3f})."
            )

    def _long_waves(self, layout: CoefficientLayout, values: np.ndarray) -> np.ndarray:
        coefficients = layout.convert(values, self.basis)
        coefficients[:, 0] = 0.0
        return coefficients

    def _atoms(self, positions: np.ndarray) -> np.ndarray:
        """Coefficients of Gaussians with the atoms' valence electrons, but for the constant."""
        frequency, is_sine = dimension_functions(PACKED, self.basis.functions_per_dimension)
        waves = 2 * np.pi / self.basis.length * frequency
        phases = waves * (positions + self.basis.length / 2)[..., None]
        amplitude = np.where(frequency == 0, 1, np.sqrt(2)) * np.exp(
            -0.5 * (waves * ATOM_WIDTH) ** 2
        )
        values = amplitude * np.where(is_sine, np.sin(phases), np.cos(phases))
        electrons = np.array([VALENCE_ELECTRONS[symbol] for symbol in self.molecule.symbols])
        x, y, z = np.moveaxis(values, 2, 0)
        atoms = np.einsum("n,sna,snb,snc->sabc", electrons, x, y, z, optimize=True)
        atoms = atoms.reshape(len(positions), -1)
        atoms[:, 0] = 0.0
        return atoms


def _cosines(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    norms = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    return np.einsum("si,si->s", first, second) / np.maximum(norms, np.finfo(float).tiny)
