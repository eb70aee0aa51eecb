"""A reference engine as a calculator of ASE."""

from collections.abc import Sequence
from typing import Any

from ase import Atoms, units
from ase.calculators.calculator import Calculator, all_changes

from hkmaps.molecules.engines import ReferenceEngine


class ReferenceCalculator(Calculator):
    """Energies and forces of the Kohn-Sham calculations that maps learn from.

    Args:
        engine: what calculates.

    Attributes:
        last: the `restart` of the last calculation, from which the next one starts.
        iterations: SCF iterations of all calculations.
    """

    implemented_properties = ("energy", "forces")

    def __init__(self, engine: ReferenceEngine):
        super().__init__()
        self.engine = engine
        self.last: Any = None
        self.iterations = 0

    def calculate(
        self,
        atoms: Atoms | None = None,
        properties: Sequence[str] = ("energy",),
        system_changes: Sequence[str] = all_changes,
    ) -> None:
        """Fill `results`; ASE calls it.

        Raises:
            SelfConsistencyError: the calculation did not converge.
            InputError: the engine cannot calculate the molecule.
        """
        super().calculate(atoms, properties, system_changes)
        calculation = self.engine.calculate(
            tuple(self.atoms.get_chemical_symbols()),
            self.atoms.positions / units.Bohr,
            self.last,
            forces=True,
        )
        self.last = calculation.restart
        self.iterations += calculation.iterations
        self.results = {
            "energy": calculation.energy * units.Hartree,
            "forces": calculation.forces * units.Hartree / units.Bohr,
        }
