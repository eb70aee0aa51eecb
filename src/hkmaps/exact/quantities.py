"""The quantities of a ground state that paper A learns, and how a gauge shift changes them."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Quantity:
    """A property that the study learns.

    Attributes:
        key: the symbol: "E", "A", "T" or "Eg".
        name: the name in words.
        column: the attribute of `SystemProperties` (`hkmaps.exact.observables`) and column of
            tables that holds it, in Ha.
        shift: its change in Ha where the external potential rises by 1 Ha everywhere.
    """

    key: str
    name: str
    column: str
    shift: int

    @property
    def gauge(self) -> Literal["dependent", "invariant"]:
        """Whether a constant shift of the potential changes it (paper A, 2.1.2)."""
        return "dependent" if self.shift else "invariant"


QUANTITIES: dict[str, Quantity] = {
    quantity.key: quantity
    for quantity in (
        Quantity("E", "total energy", "total_energy", shift=1),
        Quantity("A", "electron affinity", "electron_affinity", shift=-1),
        Quantity("T", "kinetic energy", "kinetic_energy", shift=0),
        Quantity("Eg", "fundamental gap", "fundamental_gap", shift=0),
    )
}
"""The properties of paper A, section 2.2, of systems with one electron, by symbol."""
