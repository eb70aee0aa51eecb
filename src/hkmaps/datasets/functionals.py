"""The functionals that the study learns: a quantity of the ground state as a map of n or of V."""

from dataclasses import dataclass

from hkmaps.errors import InputError
from hkmaps.exact.quantities import QUANTITIES

VARIABLES = {"V": "external potential", "n": "electron density"}
"""What a functional is a functional of: key in a name such as `E[n]` -> its meaning."""

INPUT_COLUMNS = {"V": "input_potential", "n": "input_density"}
"""The data-set column that holds a network's input, by variable."""


@dataclass(frozen=True)
class Functional:
    """A map such as E[n]: from the variable (n or V) to a quantity (E, A, T or Eg).

    Raises:
        InputError: quantity or variable is unknown.
    """

    quantity: str
    variable: str

    def __post_init__(self):
        if self.quantity not in QUANTITIES or self.variable not in VARIABLES:
            raise InputError(
                f"There is no functional {self.quantity}[{self.variable}]; quantities are"
                f" {', '.join(QUANTITIES)} and variables are {', '.join(VARIABLES)}."
            )

    @property
    def label(self) -> str:
        """The name in text and tables, such as `E[n]`."""
        return f"{self.quantity}[{self.variable}]"

    @property
    def path_name(self) -> str:
        """The name in paths, such as `E-n`."""
        return f"{self.quantity}-{self.variable}"

    @property
    def input_column(self) -> str:
        """The data-set column that holds the input."""
        return INPUT_COLUMNS[self.variable]

    @property
    def target_column(self) -> str:
        """The data-set column that holds the output, in Ha."""
        return QUANTITIES[self.quantity].column

    @classmethod
    def from_path_name(cls, name: str) -> "Functional":
        """Return the functional of a path name such as `E-n`.

        Raises:
            InputError: the name is not `quantity-variable`.
        """
        quantity, _, variable = name.partition("-")
        return cls(quantity, variable)


FUNCTIONALS = tuple(Functional(quantity, variable) for variable in "Vn" for quantity in QUANTITIES)
"""The eight functionals of paper A's Table 1, row by row."""
