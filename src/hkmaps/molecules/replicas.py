"""Replicas of a molecule as ASE sees them: one set of atoms, one calculator, one random stream."""

from collections.abc import Sequence

import numpy as np
from ase import Atoms, units

import hkmaps.checks
from hkmaps.errors import ConvergenceError, HkmapsError, InputError
from hkmaps.molecules.moving_forces import Forces


class ReplicaForces:
    """All replicas that move, as a calculator of one set of atoms.

    It is asked for forces alone, several times a step: a `Calculator` of ASE would look each time
    whether anything of the atoms has changed, where only positions do.
    """

    def __init__(self, forces: Forces, replicas: int):
        self.of_replicas, self.replicas = forces, replicas
        self.positions = self.energies = self.forces = None
        self.failures: dict[int, HkmapsError] = {}

    def get_forces(self, atoms: Atoms) -> np.ndarray:
        """Return the forces on all atoms; ASE calls it."""
        if self.positions is None or not np.array_equal(self.positions, atoms.positions):
            self._calculate(atoms.positions.reshape(self.replicas, -1, 3))
            self.positions = atoms.positions.copy()
        return self.forces.copy()

    def go_on(self, atoms: Atoms, energies: np.ndarray, forces: np.ndarray) -> None:
        """Go on as if this calculator had just calculated the atoms."""
        self.positions, self.energies, self.forces = atoms.positions.copy(), energies, forces

    def _calculate(self, positions: np.ndarray) -> None:
        try:
            energies, forces = self._of(positions)
        except HkmapsError as error:
            if self.replicas == 1:
                self.failures[0] = error
            # One that fails stays without forces until the step is over.
            energies, forces = np.zeros(self.replicas), np.zeros(positions.shape)
            for row in range(self.replicas) if self.replicas > 1 else ():
                try:
                    energies[row : row + 1], forces[row] = self._of(positions[row : row + 1])
                except HkmapsError as of_this_one:
                    self.failures[row] = of_this_one
        self.energies, self.forces = energies, forces.reshape(-1, 3)

    def _of(self, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        try:
            hkmaps.checks.expect_positions(positions / units.Bohr, positions.shape[1])
        except InputError as error:
            raise ExplosionError(error) from error
        energies, forces = self.of_replicas(positions)
        if not (np.isfinite(energies).all() and np.isfinite(forces).all()):
            raise ConvergenceError("its energy and forces are not finite.")
        return energies, forces


class ExplosionError(ConvergenceError):
    """Positions that are none of any molecule."""

    def __init__(self, error: InputError):
        super().__init__(
            "exploded; its time step is too long, it began from a bad geometry, or its forces are"
            f" wrong ({str(error).rstrip('.')})."
        )


class ReplicaStreams:
    """Random numbers of replicas, each from its own stream."""

    def __init__(self, streams: Sequence[np.random.Generator]):
        self.streams = streams

    def standard_normal(self, size: tuple[int, int]) -> np.ndarray:
        """Return numbers for all atoms, shape (atoms, 3); ASE calls it."""
        share = size[0] // len(self.streams), size[1]
        return np.concatenate([stream.standard_normal(share) for stream in self.streams])
