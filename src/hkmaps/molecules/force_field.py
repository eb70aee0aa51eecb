"""The GAFF force field of a molecule, by OpenMM from the parameters in `force_fields/`."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import openmm
from numpy.typing import ArrayLike
from openmm import app

from hkmaps.errors import InputError
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.geometries import expect_positions
from hkmaps.units import ANGSTROM_PER_BOHR, KILOJOULE_PER_MOL_PER_HARTREE

FOLDER = Path(__file__).parent / "force_fields"

NANOMETRE_PER_BOHR = ANGSTROM_PER_BOHR / 10


def force_field_file(name: str) -> Path:
    """Return the file of a molecule's force-field parameters, in the format of Amber.

    Args:
        name: a key of `MOLECULES`.

    Raises:
        InputError: the molecule has none.
    """
    path = FOLDER / f"{name}.prmtop"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in FOLDER.glob("*.prmtop")))
        raise InputError(f"There is no force field for {name}; there are some for {known}.")
    return path


@dataclass(frozen=True)
class ForceField:
    """Energy of a molecule without constraints or cutoffs, in vacuum, in double precision.

    Attributes:
        molecule: the molecule.
        tautomer: number of the tautomer whose bonds it has, in `molecule.tautomers`. All have the
            parameters of the first, given to other atoms.

    Raises:
        InputError: there are no parameters for the molecule, or it has no such tautomer.

    Source:
        GAFF: J. Wang et al., J. Comput. Chem. 25, 1157 (2004); charges AM1-BCC: A. Jakalian et
        al., J. Comput. Chem. 23, 1623 (2002).
    """

    molecule: Molecule
    tautomer: int = 0

    def __post_init__(self):
        force_field_file(self.molecule.name)
        count = len(self.molecule.tautomers)
        if self.tautomer not in range(count):
            raise InputError(
                f"The tautomer {self.tautomer} of {self.molecule.name} was asked for; it has"
                f" {count}, numbered from 0."
            )

    @cached_property
    def system(self) -> openmm.System:
        """OpenMM's system, its atoms in the order of the first tautomer, with our masses."""
        topology = app.AmberPrmtopFile(str(force_field_file(self.molecule.name)))
        system = topology.createSystem(
            nonbondedMethod=app.NoCutoff, constraints=None, rigidWater=False, removeCMMotion=False
        )
        for atom, mass in enumerate(self.molecule.masses):
            system.setParticleMass(atom, mass)
        return system

    @property
    def _order(self) -> list[int]:
        """The molecule's atom that takes the place of each atom of the first tautomer."""
        return list(self.molecule.tautomers[self.tautomer])

    def context(self, integrator: openmm.Integrator) -> openmm.Context:
        """Return a simulation of the system; OpenMM's Reference platform, made for few atoms."""
        platform = openmm.Platform.getPlatformByName("Reference")
        return openmm.Context(self.system, integrator, platform)

    def set_positions(self, context: openmm.Context, positions: np.ndarray) -> None:
        """Put the atoms of a simulation at positions (atoms, 3) in bohr."""
        context.setPositions(positions[self._order] * NANOMETRE_PER_BOHR)

    def positions(self, state: openmm.State) -> np.ndarray:
        """Return the positions of a simulation's state, shape (atoms, 3), in bohr."""
        return self._in_order(state.getPositions(asNumpy=True)._value) / NANOMETRE_PER_BOHR

    def energies_and_forces(self, positions: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Return the energy of each geometry and the force on each of its atoms.

        Args:
            positions: as for `expect_positions`, in bohr.

        Returns:
            Energies (geometries,) in Ha and forces (geometries, atoms, 3) in Ha/bohr.

        Raises:
            InputError: as for `expect_positions`.
        """
        geometries = expect_positions(self.molecule, positions)
        context = self.context(openmm.VerletIntegrator(0.001))
        energies, forces = np.empty(len(geometries)), np.empty_like(geometries)
        for number, geometry in enumerate(geometries):
            self.set_positions(context, geometry)
            state = context.getState(energy=True, forces=True)
            energies[number] = state.getPotentialEnergy()._value
            forces[number] = self._in_order(state.getForces(asNumpy=True)._value)
        return (
            energies / KILOJOULE_PER_MOL_PER_HARTREE,
            forces * NANOMETRE_PER_BOHR / KILOJOULE_PER_MOL_PER_HARTREE,
        )

    def _in_order(self, vectors: np.ndarray) -> np.ndarray:
        """Vectors of the system's atoms, in the molecule's order."""
        ordered = np.empty_like(vectors)
        ordered[self._order] = vectors
        return ordered
