"""External potentials of one-dimensional model systems, and the interaction of electrons."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from hkmaps.checks import expect_finite, expect_number
from hkmaps.errors import InputError


def atom_potential(x: np.ndarray, Z: float, alpha: float) -> np.ndarray:
    """Return the softened Coulomb well of an atom at x = 0 (paper A, equation 1).

    Args:
        x: positions in bohr, of any shape.
        Z: nuclear charge in e, positive.
        alpha: softening in bohr, positive.

    Returns:
        -Z / (|x| + alpha) in Ha, of the shape of `x`.

    Raises:
        InputError: the positions are not finite, or Z or alpha is not positive.
    """
    x = expect_finite(x, "positions")
    Z, alpha = NUCLEAR_CHARGE.check(Z, "atom"), SOFTENING.check(alpha, "atom")
    return -Z / (np.abs(x) + alpha)


def diatomic_potential(x: np.ndarray, Z: float, alpha: float, r: float) -> np.ndarray:
    """Return two equal atomic wells, r apart and centred on x = 0 (paper A, equation 2).

    Args:
        x: positions in bohr, of any shape.
        Z: charge of each nucleus in e, positive.
        alpha: softening in bohr, positive.
        r: distance of the nuclei in bohr, not negative.

    Returns:
        The potential in Ha, of the shape of `x`.

    Raises:
        InputError: as for `atom_potential`, or the distance is negative.
    """
    x, r = expect_finite(x, "positions"), SEPARATION.check(r, "diatomic")
    return atom_potential(x - r / 2, Z, alpha) + atom_potential(x + r / 2, Z, alpha)


def soft_atom_potential(x: np.ndarray, Z: float, beta: float) -> np.ndarray:
    """Return the smooth Coulomb well of an atom at x = 0 (Arnstein 2026, notebooks).

    Args:
        x: positions in bohr, of any shape.
        Z: nuclear charge in e, positive.
        beta: inverse of the softening, in 1/bohr, positive.

    Returns:
        -Z / sqrt(x^2 + 1 / beta^2) in Ha, of the shape of `x`.

    Raises:
        InputError: the positions are not finite, or Z or beta is not positive.
    """
    x = expect_finite(x, "positions")
    Z, beta = NUCLEAR_CHARGE.check(Z, "soft_atom"), HARDNESS.check(beta, "soft_atom")
    return -Z / np.hypot(x, 1 / beta)


def double_well_potential(
    x: np.ndarray, Z: float, beta: float, depth: float, distance: float
) -> np.ndarray:
    """Return the well of an atom at x = -distance / 2 and a dip of 1 bohr at distance / 2.

    Of the dip, short-ranged, an atom whose electrons stay with it feels next to nothing.

    Args:
        x: positions in bohr, of any shape.
        Z: nuclear charge in e, positive.
        beta: inverse of the atom's softening, in 1/bohr, positive.
        depth: depth of the dip in Ha, not negative.
        distance: distance of the centres of atom and dip in bohr, not negative.

    Returns:
        -Z / sqrt((x + distance/2)^2 + 1 / beta^2) - depth exp(-(x - distance/2)^2 / 2) in Ha, of
        the shape of `x`.

    Raises:
        InputError: the positions are not finite, or a parameter is out of its range.
    """
    x = expect_finite(x, "positions")
    depth, distance = DEPTH.check(depth, "double_well"), DISTANCE.check(distance, "double_well")
    dip = depth * np.exp(-((x - distance / 2) ** 2) / 2)
    return soft_atom_potential(x + distance / 2, Z, beta) - dip


def gaussian_dip_potential(x: np.ndarray, a: float, c: float) -> np.ndarray:
    """Return a Gaussian dip at x = 0, one of those that Snyder et al. (2012) add up.

    Args:
        x: positions in bohr, of any shape.
        a: depth in Ha, positive.
        c: width (standard deviation) in bohr, positive.

    Returns:
        -a exp(-x^2 / (2 c^2)) in Ha, of the shape of `x`.

    Raises:
        InputError: the positions are not finite, or a or c is not positive.
    """
    x = expect_finite(x, "positions")
    a, c = AMPLITUDE.check(a, "gaussian_dip"), WIDTH.check(c, "gaussian_dip")
    return -a * np.exp(-(x**2) / (2 * c**2))


def sinusoid_potential(x: np.ndarray, a: float, k: float) -> np.ndarray:
    """Return a standing wave with a minimum at x = 0.

    Args:
        x: positions in bohr, of any shape.
        a: amplitude in Ha, positive.
        k: wave number in 1/bohr, positive.

    Returns:
        -a cos(k x) in Ha, of the shape of `x`.

    Raises:
        InputError: the positions are not finite, or a or k is not positive.
    """
    x = expect_finite(x, "positions")
    a, k = AMPLITUDE.check(a, "sinusoid"), WAVE_NUMBER.check(k, "sinusoid")
    return -a * np.cos(k * x)


def polynomial_potential(x: np.ndarray, c2: float, c4: float) -> np.ndarray:
    """Return an even polynomial of fourth degree, zero at x = 0.

    Args:
        x: positions in bohr, of any shape.
        c2: coefficient of x^2 in Ha/bohr^2; a negative one makes a double well.
        c4: coefficient of x^4 in Ha/bohr^4, not negative.

    Returns:
        c2 x^2 + c4 x^4 in Ha, of the shape of `x`.

    Raises:
        InputError: positions or coefficients are not finite, or c4 is negative.
    """
    x = expect_finite(x, "positions")
    c2, c4 = QUADRATIC.check(c2, "polynomial"), QUARTIC.check(c4, "polynomial")
    return c2 * x**2 + c4 * x**4


def soft_coulomb_interaction(
    x: np.ndarray, strength: float = 1.0, softening: float = 1.0
) -> np.ndarray:
    """Return the softened Coulomb repulsion of two electrons (paper A, equation 4).

    Args:
        x: positions of shape (N,), in bohr.
        strength: numerator in Ha bohr; 1 in paper A.
        softening: distance added to |x - x'| in bohr, positive; 1 in paper A.

    Returns:
        strength / (|x - x'| + softening) in Ha, a symmetric matrix of shape (N, N).

    Raises:
        InputError: the softening is not positive, or positions or strength are not finite.
    """
    x = expect_finite(x, "positions")
    if x.ndim != 1:
        raise InputError(f"The positions have the shape {x.shape}; it must be (points,).")
    softening = expect_number(softening, "softening of the interaction", "bohr")
    strength = expect_number(strength, "strength of the interaction", "Ha bohr", -np.inf)
    return strength / (np.abs(x[:, None] - x[None, :]) + softening)


def smooth_coulomb_interaction(x: np.ndarray) -> np.ndarray:
    """Return the repulsion of electrons without a cusp (Arnstein 2026, notebooks).

    Args:
        x: positions of shape (N,), in bohr.

    Returns:
        1 / sqrt((x - x')^2 + 1) in Ha, a symmetric matrix of shape (N, N).

    Raises:
        InputError: the positions are not finite or not of the shape (N,).
    """
    x = expect_finite(x, "positions")
    if x.ndim != 1:
        raise InputError(f"The positions have the shape {x.shape}; it must be (points,).")
    return 1 / np.hypot(x[:, None] - x[None, :], 1)


@dataclass(frozen=True)
class Parameter:
    """A parameter of a potential family, with its unit, meaning and least value.

    Attributes:
        name: the field's symbol, also the keyword of `PotentialFamily.potential`.
        unit: unit as text.
        description: what it is, in a few words.
        minimum: the least value.
        minimum_allowed: whether the least value itself is allowed.
    """

    name: str
    unit: str
    description: str
    minimum: float = 0.0
    minimum_allowed: bool = False

    def check(self, value: float, family: str) -> float:
        """Return `value` as a float; raise `InputError` if it is out of range or no number."""
        try:
            number = np.nan if isinstance(value, str | bytes) else float(value)
        except (TypeError, ValueError):
            number = np.nan
        above = number >= self.minimum if self.minimum_allowed else number > self.minimum
        if not (np.isfinite(number) and above):
            bound = ""
            if np.isfinite(self.minimum):
                least = "at least" if self.minimum_allowed else "greater than"
                bound = f" {least} {self.minimum:g}"
            raise InputError(
                f"The parameter {self.name} of the family {family!r} is {value!r};"
                f" it must be a finite number{bound}."
            )
        return number


@dataclass(frozen=True)
class PotentialFamily:
    """Potentials of one functional form, told apart by the values of their parameters.

    Attributes:
        name: the family's name in the config and in tables.
        parameters: the parameters, in the order of reading.
        function: the potential in Ha as a function of x in bohr and of the parameters as keywords.
    """

    name: str
    parameters: tuple[Parameter, ...]
    function: Callable[..., np.ndarray]

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """The names of the parameters, in order."""
        return tuple(parameter.name for parameter in self.parameters)

    def check(self, parameters: Mapping[str, float]) -> dict[str, float]:
        """Return `parameters` as floats in the family's order.

        Raises:
            InputError: one is missing, unknown or out of its range.
        """
        if set(parameters) != set(self.parameter_names):
            found = ", ".join(sorted(parameters)) or "none"
            raise InputError(
                f"The family {self.name!r} was given the parameters {found};"
                f" it takes exactly {', '.join(self.parameter_names)}."
            )
        return {p.name: p.check(parameters[p.name], self.name) for p in self.parameters}

    def potential(self, x: np.ndarray, **parameters: float) -> np.ndarray:
        """Return the potential at the positions `x`.

        Args:
            x: positions in bohr, of any shape.
            **parameters: one value for each of the family's parameters.

        Returns:
            The potential in Ha, of the shape of `x`.

        Raises:
            InputError: a parameter is missing, unknown or out of its range, or the positions are
                not finite.
        """
        return self.function(expect_finite(x, "positions"), **self.check(parameters))


NUCLEAR_CHARGE = Parameter("Z", "e", "nuclear charge")
SOFTENING = Parameter("alpha", "bohr", "softening of the nuclear well")
SEPARATION = Parameter("r", "bohr", "distance of the nuclei", minimum_allowed=True)
HARDNESS = Parameter("beta", "1/bohr", "inverse of the softening of a smooth nuclear well")
DEPTH = Parameter("depth", "Ha", "depth of the dip beside an atom", minimum_allowed=True)
DISTANCE = Parameter("distance", "bohr", "distance of an atom and its dip", minimum_allowed=True)
AMPLITUDE = Parameter("a", "Ha", "depth of a dip, or amplitude of a sinusoid")
WIDTH = Parameter("c", "bohr", "width of a Gaussian dip")
WAVE_NUMBER = Parameter("k", "1/bohr", "wave number of a sinusoid")
QUADRATIC = Parameter("c2", "Ha/bohr^2", "coefficient of x^2", minimum=-np.inf)
QUARTIC = Parameter("c4", "Ha/bohr^4", "coefficient of x^4", minimum_allowed=True)

# A new family joins the study here.
FAMILIES: dict[str, PotentialFamily] = {
    family.name: family
    for family in (
        PotentialFamily("atom", (NUCLEAR_CHARGE, SOFTENING), atom_potential),
        PotentialFamily("diatomic", (NUCLEAR_CHARGE, SOFTENING, SEPARATION), diatomic_potential),
        PotentialFamily("soft_atom", (NUCLEAR_CHARGE, HARDNESS), soft_atom_potential),
        PotentialFamily(
            "double_well", (NUCLEAR_CHARGE, HARDNESS, DEPTH, DISTANCE), double_well_potential
        ),
        PotentialFamily("gaussian_dip", (AMPLITUDE, WIDTH), gaussian_dip_potential),
        PotentialFamily("sinusoid", (AMPLITUDE, WAVE_NUMBER), sinusoid_potential),
        PotentialFamily("polynomial", (QUADRATIC, QUARTIC), polynomial_potential),
    )
}
"""The known families of potentials, by name."""


def potential_family(name: str) -> PotentialFamily:
    """Return the family called `name`; raise `InputError` naming the known ones if unknown."""
    if name not in FAMILIES:
        raise InputError(
            f"There is no potential family {name!r}; the known families are {', '.join(FAMILIES)}."
        )
    return FAMILIES[name]
