"""Whether energies, forces and densities of files can be those of a molecule's geometries."""

from collections.abc import Callable
from itertools import product

import numpy as np
from scipy.spatial.distance import cdist

from hkmaps.densities.fourier import FourierBasis
from hkmaps.errors import InputError
from hkmaps.geometry.frame import ReferenceFrame
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.coefficient_layout import CoefficientLayout
from hkmaps.molecules.geometries import bond_lengths

CORES = (0, 2, 10, 18, 28, 36, 46, 54, 60, 68, 78, 86)
"""Electrons in closed shells, those that pseudopotentials stand for."""

SLATER_NUMBERS = (1.0, 2.0, 3.0, 3.7, 4.0, 4.2, 4.3)
"""Effective principal quantum numbers (J. C. Slater, Phys. Rev. 36, 57 (1930)); the last is a
continuation."""

LEAST_PART, MOST_PART = 0.6, 1.15
"""Parts of Slater's energy of the outermost shell, and of all electrons, between which total
energies are; the rules are a few per cent off, for the outermost electron of an alkali a third."""

ATOMISATION = 0.3
"""Ha an atom by which a molecule may be below its atoms; twice what organic molecules have."""

STIFFNESS = (0.01, 2.0)
"""Ha/bohr^2: between these times the square of the range of bond lengths is any spread of energies
of conformers, whose bonds are as stiff as 0.3 to 1 Ha/bohr^2."""

LEAST_BOND_RANGE, LEAST_ENERGY_SPREAD = 0.05, 0.1
"""Bond lengths in bohr and energies in Ha that vary less than this say nothing of the unit."""

WORK_RATIO = (0.55, 1.7)
"""Differences of energies as parts of the work of the forces: it is 1 but for anharmonicity, which
the mean of the forces at both ends leaves out, and the next units are 1.9 and 2 times as large."""

LEAST_GEOMETRIES = 10
"""Geometries that the work of forces is looked at for; in fewer one pair far apart may decide."""

PAIRS = 2000
"""Geometries whose work to their nearest neighbour is compared."""

COUNT_TOLERANCE = 0.01
"""Part of the electrons by which a density may miss their number."""

VANISHING = 1e-5
"""Part of the largest value that files of few digits may have where no function stands."""

ATOM_WIDTH = 0.8
"""Width in bohr of a Gaussian that stands for an atom's valence density at long waves."""

LONG_WAVES = 4
"""Frequencies per dimension at which densities are compared with atoms: waves of 5 bohr and more
in the cube of 20 bohr."""

LEAST_SIMILARITY, LEAST_CORRELATION = 0.9, 0.6
"""Cosine of a molecule's density and Gaussians at its atoms, and correlation of their changes from
geometry to geometry; the first is above 0.98, the second above 0.9 where they belong together, 0.8
where all electrons are on a coarse grid."""


def slater_energies(charge: int) -> tuple[float, float]:
    """Return the energies of an atom's outermost shell and of all its electrons, in Ha.

    Args:
        charge: of its nucleus.

    Returns:
        Two negative numbers, by Slater's rules.
    """
    left, shells = charge, {}
    subshells = [(n, angular) for n in range(1, 8) for angular in range(min(n, 4))]
    for n, angular in sorted(subshells, key=lambda shell: (sum(shell), shell[0])):
        electrons = min(left, 4 * angular + 2)
        # s and p electrons are one group.
        group = (n, max(angular, 1) if n > 1 else 0)
        shells[group] = shells.get(group, 0) + electrons
        left -= electrons
    energies = {}
    for (n, angular), electrons in shells.items():
        screened = (0.30 if n == 1 else 0.35) * (electrons - 1)
        for (other, other_angular), inner in shells.items():
            if angular <= 1 and other < n:
                screened += inner * (0.85 if other == n - 1 else 1.0)
            elif angular > 1 and (other, other_angular) < (n, angular):
                screened += inner
        effective = max(charge - screened, 0.0) / SLATER_NUMBERS[n - 1]
        energies[n, angular] = -0.5 * electrons * effective**2
    outermost = max(group for group in shells if group[1] <= 1 and shells[group])
    return energies[outermost], sum(energies.values())


def expect_plausible_energies(
    molecule: Molecule, positions: np.ndarray, energies: np.ndarray, where: str, total: bool
) -> None:
    """Raise `InputError` where energies cannot be in the declared unit.

    The checks are coarse: total energies lie between those of the outermost shells and of all
    electrons of the atoms, and vary as bonds do that are neither slack nor rigid.

    Args:
        molecule: what the geometries are of.
        positions: shape (S, atoms, 3), in bohr.
        energies: shape (S,), in Ha.
        where: what to call their source.
        total: whether they are total energies; if not, only their differences are looked at.
    """
    outermost, every = np.sum([slater_energies(int(z)) for z in molecule.charges], axis=0)
    low, high = MOST_PART * every - ATOMISATION * len(molecule.symbols), LEAST_PART * outermost
    wrong = np.flatnonzero((energies < low) | (energies > high))
    if total and len(wrong):
        raise InputError(
            f"The energy of geometry {wrong[0]} in {where} is {energies[wrong[0]]:.6g} Ha in the"
            f" declared energy_unit; total energies of {molecule.name} are {low:.4g} to"
            f" {high:.4g} Ha, so the unit is wrong or they are not total energies"
            " (energy_zero: relative)."
        )
    if not len(molecule.bonds):
        return
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


def expect_forces(
    frame: ReferenceFrame,
    positions: np.ndarray,
    forces: np.ndarray,
    energies: np.ndarray | None,
    where: str,
) -> None:
    """Raise `InputError` where forces do not belong to geometries, or not to their energies.

    Forces of a free molecule turn nothing, and the mean of the forces at two near geometries does
    the work that their energies differ by.

    Args:
        frame: the molecule's, in which the geometries are or not.
        positions: shape (S, atoms, 3), in bohr.
        forces: in the same axes, shape (S, atoms, 3), in Ha/bohr.
        energies: shape (S,), in Ha; None where they are not known.
        where: what to call their source.
    """
    centred = positions - positions.mean(axis=1, keepdims=True)
    torques = np.linalg.norm(np.cross(centred, forces).sum(axis=1), axis=1)
    sizes = np.linalg.norm(centred, axis=(1, 2)) * np.linalg.norm(forces, axis=(1, 2))
    if torques.sum() > 0.1 * sizes.sum():
        raise InputError(
            f"The forces in {where} have a net torque on the molecule,"
            f" {torques.sum() / sizes.sum():.0%} of the largest that forces of their size can have;"
            " their axes, their order or their atoms are not those of the geometries."
        )
    if energies is None or len(positions) < LEAST_GEOMETRIES:
        return
    rows = np.linspace(0, len(positions) - 1, min(len(positions), PAIRS)).astype(int)
    alignment = frame.align(positions[rows])
    points = alignment.positions
    turned = np.take_along_axis(forces[rows], alignment.labelings[:, :, None], axis=1)
    turned = turned @ alignment.rotations
    distances = cdist(points.reshape(len(rows), -1), points.reshape(len(rows), -1))
    nearest = np.where(distances > 1e-6, distances, np.inf).argmin(axis=1)
    work = -(0.5 * (turned + turned[nearest]) * (points[nearest] - points)).sum(axis=(1, 2))
    differences = energies[rows][nearest] - energies[rows]
    if not work.any():
        return
    ratio = float((differences * work).sum() / (work**2).sum())
    if not WORK_RATIO[0] < ratio < WORK_RATIO[1]:
        raise InputError(
            f"Energies of near geometries differ by {ratio:.3g} times the work of the forces in"
            f" {where}; this factor must be {WORK_RATIO[0]} to {WORK_RATIO[1]}. The energy_unit,"
            " force_unit or length_unit is wrong, or the forces are gradients, of the other sign."
        )


def electron_numbers(charges: np.ndarray) -> dict[int, np.ndarray]:
    """Return the electrons of each atom by those of the molecule, with any closed shells left out.

    Args:
        charges: nuclear charges, shape (atoms,).

    Returns:
        Number of electrons -> electrons of the atoms, shape (atoms,); the fewest first.
    """
    elements, atoms = np.unique(charges.astype(int), return_inverse=True)
    choices = [[z - core for core in CORES if core < z] for z in elements]
    found = {int(np.take(choice, atoms).sum()): choice for choice in product(*choices)}
    return {number: np.take(found[number], atoms) for number in sorted(found)}


def expect_electrons(
    molecule: Molecule, counts: np.ndarray, name: str, first: int, hint: Callable[[float], str]
) -> np.ndarray:
    """Return the electrons of each atom that densities hold.

    Args:
        molecule: what the densities are of.
        counts: their integrals, shape (S,).
        name: what to call their source.
        first: number of the first density.
        hint: from the part of the valence electrons that is there to what could be wrong.

    Raises:
        InputError: a density holds a number of electrons that its elements, closed shells aside,
            cannot leave to a calculation.
    """
    allowed = electron_numbers(molecule.charges)
    numbers = np.array(list(allowed))
    nearest = numbers[np.abs(counts[:, None] - numbers).argmin(axis=1)]
    wrong = np.abs(counts - nearest) > COUNT_TOLERANCE * nearest
    if wrong.any():
        row = int(wrong.argmax())
        raise InputError(
            f"Density {first + row} of {name} holds {counts[row]:.6g} electrons as it is declared;"
            f" {molecule.name} has {numbers[0]} valence electrons, {numbers[-1]} in all;"
            f" {hint(float(counts[row]) / numbers[0])}."
        )
    return allowed[int(nearest[0])]


def expect_vanishing(layout: CoefficientLayout, values: np.ndarray, name: str, first: int) -> None:
    """Raise `InputError` where a value stands for the sine of frequency 0 and does not vanish.

    Args:
        layout: the declared layout.
        values: rows of the file, shape (S, layout.size).
        name: what to call the file.
        first: number of the first row.
    """
    wrong = np.flatnonzero((sizes := layout.vanishing(values)) > VANISHING)
    if len(wrong):
        row = int(wrong[0])
        raise InputError(
            f"{name} holds up to {sizes[row]:.2g} of the largest value of density {first + row}"
            " where the layout has the sine of frequency 0, which vanishes; parts:"
            f" {layout.parts} is wrong."
        )


class DensityPlaces:
    """Compares densities at long waves with Gaussians at the atoms, block by block.

    Args:
        basis: of the densities.
        name: what to call their source.
        frequencies: how many they have, per dimension.
        declared: what may be declared wrongly, for messages.
    """

    def __init__(self, basis: FourierBasis, name: str, frequencies: int, declared: str):
        self.basis, self.name, self.declared = basis, name, declared
        self.long_waves = FourierBasis(basis.length, min(LONG_WAVES, frequencies))
        self.found, self.expected = [], []

    def add(
        self,
        coefficients: np.ndarray,
        positions: np.ndarray,
        electrons: np.ndarray,
    ) -> None:
        """Compare densities, each with its geometry.

        Args:
            coefficients: shape (S, basis.size), in bohr^-3/2.
            positions: shape (S, atoms, 3) in bohr, the middle of the cube at zero.
            electrons: of each atom, shape (atoms,).

        Raises:
            InputError: the densities are not where the atoms are.
        """
        first = sum(map(len, self.found))
        kept = self.long_waves.functions_per_dimension
        tensor = coefficients.reshape(-1, *[self.basis.functions_per_dimension] * 3)
        found = _without_constant(tensor[:, :kept, :kept, :kept])
        functions = self.long_waves.functions(positions.ravel() + self.basis.length / 2)
        waves = 2 * np.pi / self.basis.length * ((np.arange(kept) + 1) // 2)
        smooth = functions * np.exp(-0.5 * (waves * ATOM_WIDTH) ** 2)
        x, y, z = np.moveaxis(smooth.reshape(*positions.shape, kept), 2, 0)
        atoms = np.einsum("n,sna,snb,snc->sabc", electrons, x, y, z, optimize=True)
        expected = _without_constant(atoms)
        similarity = _cosines(found, expected)
        if similarity.min() < LEAST_SIMILARITY:
            row = int(similarity.argmin())
            raise InputError(
                f"Density {first + row} of {self.name} is not where the atoms of geometry"
                f" {first + row} are (similarity {similarity[row]:.3f}, at least"
                f" {LEAST_SIMILARITY}); the order of the densities, length_unit,"
                f" {self.declared} could be wrong."
            )
        self.found.append(found)
        self.expected.append(expected)

    def expect_order(self) -> None:
        """Raise `InputError` where densities do not change from geometry to geometry as atoms do.

        Two that are exchanged are beyond this; a file in another order, off by one row where
        rows are independent, or with axes exchanged or reflected, is not.
        """
        found, expected = np.concatenate(self.found), np.concatenate(self.expected)
        changes, motions = found - found.mean(axis=0), expected - expected.mean(axis=0)
        norms = np.linalg.norm(changes) * np.linalg.norm(motions)
        if len(found) < 4 or np.linalg.norm(motions) < 1e-3 * np.linalg.norm(expected):
            return
        correlation = float((changes * motions).sum() / norms) if norms else 0.0
        if correlation < LEAST_CORRELATION:
            raise InputError(
                f"The densities of {self.name} do not follow the geometries (correlation"
                f" {correlation:.2f}, at least {LEAST_CORRELATION}); they must be in the order of"
                f" the geometries, or {self.declared} could be wrong."
            )


def _without_constant(tensor: np.ndarray) -> np.ndarray:
    """Coefficients as rows, zero in place of the constant function's."""
    rows = np.array(tensor).reshape(len(tensor), -1)
    rows[:, 0] = 0.0
    return rows


def _cosines(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    norms = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    return np.einsum("si,si->s", first, second) / np.maximum(norms, np.finfo(float).tiny)
