"""What the study asks of a reference engine, and which engines there are.

An engine is added by a class that keeps to `ReferenceEngine` and an entry of `ENGINES`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from hkmaps.checks import expect_apart, expect_finite
from hkmaps.errors import ConvergenceError, InputError

if TYPE_CHECKING:
    # The workflow reads the registry of engines, and a basis brings SciPy's transforms along.
    from hkmaps.densities.fourier import FourierBasis


@dataclass(frozen=True)
class ReferenceCalculation:
    """A converged calculation of one geometry.

    Attributes:
        energy: total energy in Ha.
        iterations: SCF iterations, those of failed attempts included.
        coefficients: density of the valence electrons in the engine's Fourier basis, bohr^-3/2,
            shape (basis.size,).
        forces: shape (atoms, 3), in Ha/bohr; None where they were not asked for.
        restart: what the engine's next calculation of a near geometry may start from.
    """

    energy: float
    iterations: int
    coefficients: np.ndarray
    forces: np.ndarray | None
    restart: Any


class SelfConsistencyError(ConvergenceError):
    """No attempt of an engine converged; `iterations` counts those of all attempts."""

    def __init__(self, message: str, iterations: int):
        super().__init__(message)
        self.iterations = iterations


class ReferenceEngine(Protocol):
    """A program that solves the Kohn-Sham equations of a molecule.

    Attributes:
        fourier_basis: basis of the densities it returns.
    """

    fourier_basis: "FourierBasis"

    @property
    def description(self) -> str:
        """Name, version and settings in one line: what a result depends on."""

    def calculate(
        self,
        symbols: tuple[str, ...],
        positions: np.ndarray,
        restart: Any = None,
        forces: bool = False,
    ) -> ReferenceCalculation:
        """Solve one geometry.

        Args:
            symbols: element of each atom.
            positions: shape (atoms, 3), in bohr; the origin becomes the middle of the cube.
            restart: that of an earlier calculation of the same molecule, or None.
            forces: whether forces are wanted.

        Raises:
            SelfConsistencyError: no attempt converged; the sentence says after what.
            InputError: the engine does not know an element, or a setting is wrong.
        """


def expect_atoms(symbols: Sequence[str], positions: np.ndarray) -> np.ndarray:
    """Return the positions of a geometry that an engine can be given, shape (atoms, 3), in bohr.

    Args:
        symbols: element of each atom.
        positions: what should be the positions.

    Raises:
        InputError: the symbols are no texts, the positions are not finite or not one an atom, or
            two atoms coincide.
    """
    if isinstance(symbols, str) or not all(isinstance(symbol, str) for symbol in symbols):
        raise InputError(
            f"The symbols of the atoms are {symbols!r}; they must be one text an atom, such as"
            " ('H', 'H')."
        )
    positions = expect_finite(positions, "positions of the atoms")
    if positions.shape != (len(symbols), 3) or not len(symbols):
        raise InputError(
            f"The positions have the shape {positions.shape}; for the atoms {' '.join(symbols)} it"
            f" must be ({len(symbols)}, 3), with at least one atom."
        )
    expect_apart(positions[None])
    return positions


ENGINES = {
    "pyscf": ("hkmaps.molecules.pyscf_engine", "PyscfEngine"),
    "espresso": ("hkmaps.molecules.espresso_engine", "EspressoEngine"),
}
"""Engines by name: module and name of a dataclass of the Fourier basis and the settings.

They are imported when they are asked for, so that a calculation depends on the code of its own
engine alone.
"""


def reference_engine(
    name: str, basis: "FourierBasis", settings: Mapping[str, Any] | None = None
) -> ReferenceEngine:
    """Return the engine called `name`.

    Args:
        name: a key of `ENGINES`.
        basis: the Fourier basis of the densities it returns.
        settings: the engine's settings by name; defaults for those left out.

    Returns:
        The engine, ready to calculate.

    Raises:
        InputError: the engine is unknown or not installed, or a setting is unknown or not allowed.
    """
    if name not in ENGINES:
        raise InputError(
            f"There is no reference engine called {name!r}; there are {', '.join(ENGINES)}."
        )
    try:
        module, class_name = ENGINES[name]
        engine: type[ReferenceEngine] = getattr(import_module(module), class_name)
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package == "hkmaps":
            raise
        raise InputError(
            f"The reference engine {name} needs the Python package {package}, which is not"
            f" installed; install it with `pip install {package}`."
        ) from error
    settings = settings or {}
    known = [field.name for field in fields(engine) if field.name != "fourier_basis"]
    unknown = [setting for setting in settings if setting not in known]
    if unknown:
        raise InputError(
            f"The reference engine {name} has no setting {', '.join(unknown)};"
            f" its settings are {', '.join(known)}."
        )
    return engine(basis, **settings)
