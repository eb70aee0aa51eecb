"""The force field of a molecule, by OpenMM from a file of parameters."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import openmm
from openmm import app

from hkmaps.errors import InputError
from hkmaps.geometry.molecule import Molecule
from hkmaps.units import ANGSTROM_PER_BOHR

NANOMETRE_PER_BOHR = ANGSTROM_PER_BOHR / 10


@dataclass(frozen=True)
class ForceField:
    """Energy of a molecule without constraints or cutoffs, in vacuum, in double precision.

    Attributes:
        molecule: the molecule.
        path: its parameters in the format of Amber, a prmtop.
        tautomer: number of the tautomer whose bonds it has, in `molecule.tautomers`. All have the
            parameters of the first, given to other atoms.

    Raises:
        InputError: there is no such file, it is not of this molecule, or the molecule has no such
            tautomer.
    """

    molecule: Molecule
    path: str | Path
    tautomer: int = 0

    def __post_init__(self):
        if not Path(self.path).is_file():
            raise InputError(
                f"The force field of {self.molecule.name} is to be read from {self.path}, where"
                " there is no file."
            )
        count = len(self.molecule.tautomers)
        if self.tautomer not in range(count):
            raise InputError(
                f"The tautomer {self.tautomer} of {self.molecule.name} was asked for; it has"
                f" {count}, numbered from 0."
            )

    @cached_property
    def system(self) -> openmm.System:
        """OpenMM's system, its atoms in the order of the first tautomer, with our masses."""
        try:
            parameters = app.AmberPrmtopFile(str(self.path))
        except Exception as error:  # OpenMM's reader raises whatever it stumbles over.
            raise InputError(
                f"The force field in {self.path} cannot be read as a prmtop of Amber"
                f" ({type(error).__name__}: {' '.join(str(error).split())})."
            ) from error
        elements = [atom.element for atom in parameters.topology.atoms()]
        found = [element.symbol if element else "no element" for element in elements]
        if found != list(self.molecule.symbols):
            raise InputError(
                f"The force field in {self.path} has the atoms {' '.join(found)}; they must be"
                f" those of {self.molecule.name} in its order, {' '.join(self.molecule.symbols)}."
            )
        system = parameters.createSystem(
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
        ordered = np.empty((len(self._order), 3))
        ordered[self._order] = state.getPositions(asNumpy=True)._value
        return ordered / NANOMETRE_PER_BOHR
