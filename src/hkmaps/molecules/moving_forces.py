"""What dynamics asks for forces, for all replicas at once."""

from collections.abc import Mapping

import numpy as np
from ase import Atoms
from ase.calculators.calculator import CalculationFailed, Calculator, CalculatorSetupError
from ase.calculators.calculator import InputError as RefusedInput

from hkmaps.errors import ConvergenceError, InputError
from hkmaps.geometry.molecule import Molecule


class Forces:
    """What moves replicas.

    Attributes:
        identity: a text that tells it from all that gives other forces; a checkpoint is good for
            one of them.
    """

    identity: str

    def __call__(self, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return energies (S,) in eV and forces (S, atoms, 3) in eV/Angstrom.

        Args:
            positions: shape (S, atoms, 3), in Angstrom.

        Raises:
            HkmapsError: one of them cannot be calculated.
        """
        raise NotImplementedError

    def state(self) -> dict[str, np.ndarray]:
        """Return what the next calculation depends on beside the positions: here nothing."""
        return {}

    def resume(self, state: Mapping[str, np.ndarray]) -> None:
        """Go on from what `state` returned."""


class CalculatorForces(Forces):
    """Forces by any calculator of ASE, one replica after the other.

    A calculator whose results depend on what it calculated before needs a class of its own with
    `state` and `resume`, lest other bits follow a kill.

    Args:
        calculator: the calculator.
        molecule: what it is to calculate.

    Attributes:
        identity: type and parameters of the calculator.
    """

    def __init__(self, calculator: Calculator, molecule: Molecule):
        self.calculator, self.molecule = calculator, molecule
        kind = type(calculator)
        settings = getattr(calculator, "parameters", {})
        self.identity = f"{kind.__module__}.{kind.__qualname__} {dict(settings)}"
        self._atoms = Atoms(molecule.symbols, molecule.equilibrium, masses=molecule.masses)
        self._atoms.calc = calculator

    def __call__(self, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return energies and forces; see `Forces`."""
        energies, forces = np.empty(len(positions)), np.empty(positions.shape)
        for row, place in enumerate(positions):
            self._atoms.positions = place
            try:
                forces[row] = self._atoms.get_forces()
                energies[row] = self._atoms.get_potential_energy()
            except (RefusedInput, CalculatorSetupError) as error:
                raise InputError(
                    f"The calculator {type(self.calculator).__name__} cannot calculate"
                    f" {self.molecule.name}: {_reason(error)}."
                ) from error
            except CalculationFailed as error:
                raise ConvergenceError(
                    f"the calculation of its forces failed ({_reason(error)})."
                ) from error
        return energies, forces


def _reason(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")
