"""Nested cross-validation of functionals of charge states, as the follow-up of paper A has it.

Each outer fold is a test set. On the other systems width and regularisation are chosen by the mean
absolute error of an inner cross-validation; then models are trained on random parts of them, as
large as an inner training set, and tested. The follow-up's notebooks take the inverse of the kernel
matrix, whose condition number is 1e9 and more; here that is one of two ways to the weights, and the
other one is Cholesky's. Folds, parts and noise are the same for both and for all functionals.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from scipy.spatial.distance import cdist

from hkmaps.datasets.charge_states import CHARGE_STATE_QUANTITIES, ELECTRONS, charge_state_label
from hkmaps.errors import InputError
from hkmaps.exact.grids import Grid
from hkmaps.kernels.kernel_functions import gaussian_kernel
from hkmaps.kernels.regularised_kernel import RegularisedKernel
from hkmaps.maps.grid_basis import GridBasis
from hkmaps.maps.nested_results import FROM_UNIVERSAL, INVERSE, NESTED_ERRORS, SOLVE
from hkmaps.seeds import random_stream
from hkmaps.tables import stack


@dataclass(frozen=True)
class NestedValidation:
    """How functionals are trained and tested.

    Attributes:
        outer_folds: test sets.
        inner_folds: folds of the search for width and regularisation.
        repeats: training sets for each test set.
        widths: candidates of the kernel's width by variable, in bohr^-1/2 for n and in
            Ha bohr^1/2 for V.
        regularisations: candidates of the regularisation.
        noise: standard deviations of white noise on the inputs' values, in 1/bohr or Ha.
    """

    outer_folds: int
    inner_folds: int
    repeats: int
    widths: dict[str, Sequence[float]]
    regularisations: Sequence[float]
    noise: Sequence[float]


@dataclass(frozen=True, eq=False)
class ChargeStates:
    """Systems with their ground states of one, two and three electrons.

    Attributes:
        grid: grid of P points.
        potentials: shape (S, P), in Ha.
        densities: by number of electrons, each (S, P), in 1/bohr.
        values: by quantity and number of electrons, each (S,), in Ha.
    """

    grid: Grid
    potentials: np.ndarray
    densities: dict[int, np.ndarray]
    values: dict[tuple[str, int], np.ndarray]

    @classmethod
    def from_table(cls, states: pd.DataFrame) -> "ChargeStates":
        """Read rows of `hkmaps.datasets.charge_states.CHARGE_STATES`."""
        parts = {number: states[states["electrons"] == number] for number in ELECTRONS}
        first = parts[ELECTRONS[0]]
        length, points = first["grid_length"].iloc[0], len(first["density"].iloc[0])
        return cls(
            Grid(np.linspace(-length / 2, length / 2, points)),
            stack(first["potential"]),
            {number: stack(part["density"]) for number, part in parts.items()},
            {
                (key, number): parts[number][quantity.column].to_numpy()
                for key, quantity in CHARGE_STATE_QUANTITIES.items()
                for number in quantity.electrons
            },
        )

    def inputs(self, variable: str, electrons: int) -> np.ndarray:
        """Return densities ("n") or potentials ("V") on the grid, shape (S, P)."""
        return {"V": self.potentials, "n": self.densities[electrons]}[variable]


@dataclass(frozen=True)
class Choice:
    """Width and regularisation of a functional, and whether a candidate beyond was not tried."""

    width: float
    regularisation: float
    at_edge: bool = False


Functional = tuple[str, str, int]
"""Variable, quantity and number of electrons."""

GROUPS = (("n", (1,)), ("n", (2,)), ("n", (3,)), ("V", ELECTRONS))
"""Inputs that share kernel matrices: variable, and numbers of electrons of the quantities."""


def nested_errors(
    states: pd.DataFrame, dataset: str, validation: NestedValidation, seed: int
) -> pd.DataFrame:
    """Measure all functionals of a data set by nested cross-validation.

    Args:
        states: rows of `hkmaps.datasets.charge_states.CHARGE_STATES`.
        dataset: the data set's name, which with the seed decides folds, parts and noise.
        validation: how functionals are trained and tested.
        seed: the study's seed.

    Returns:
        pandas.DataFrame with the columns of `NESTED_ERRORS`. The way from F has E, I, A and G
        of n: E_N is F[n_N] + integral of n_N V at the (noisy) density of N electrons, and the
        others are differences of such energies, each at the density of its own electrons.

    Raises:
        InputError: there are fewer systems than folds, or no width or regularisation has a
            regular kernel matrix.
    """
    systems = ChargeStates.from_table(states)
    count = len(systems.potentials)
    if count < validation.outer_folds * validation.inner_folds:
        raise InputError(
            f"The data set {dataset} has {count} systems; nested cross-validation of"
            f" {validation.outer_folds} outer and {validation.inner_folds} inner folds needs at"
            f" least {validation.outer_folds * validation.inner_folds}."
        )

    def stream(*names: str | int) -> np.random.Generator:
        return random_stream(seed, "nested validation", dataset, *names)

    frames = []
    outer = np.array_split(stream("outer folds").permutation(count), validation.outer_folds)
    for fold, test in enumerate(outer):
        rest = np.setdiff1d(np.arange(count), test)
        inner = np.array_split(
            stream("inner folds", fold).permutation(len(rest)), validation.inner_folds
        )
        size = len(rest) - len(inner[0])
        parts = [
            stream("training systems", fold, repeat).choice(rest, size, replace=False)
            for repeat in range(validation.repeats)
        ]
        noise = {group: stream("noise", fold, group[0], group[1][0]) for group in GROUPS}
        noisy = _noisy_inputs(systems, test, validation, noise)
        rows = []
        for method in (INVERSE, SOLVE):
            predictions, choices = {}, {}
            for variable, electrons in GROUPS:
                learned = _Learned(systems, variable, electrons, validation, method)
                chosen = learned.choose(rest, inner)
                choices |= chosen
                predictions |= learned.predict(chosen, parts, noisy)
            rows += _rows(method, predictions, systems, test, validation, choices)
        # Of the last method, which is the solve.
        combined = _from_universal(predictions, systems, test, noisy)
        rows += _rows(FROM_UNIVERSAL, combined, systems, test, validation, {})
        frames.append(pd.DataFrame(rows).assign(dataset=dataset, fold=fold))
    return pd.concat(frames, ignore_index=True)[NESTED_ERRORS.column_names]


def weights(distances: np.ndarray, choice: Choice, targets: np.ndarray, method: str) -> np.ndarray:
    """Return (K + lambda I)^-1 times the targets by one of two methods.

    Both are exact but for rounding. The inverse leaves weights with errors of the condition number
    times rounding in all directions; those of a solve are as large, but along the eigenvectors that
    the kernel matrix makes small again (N. J. Higham, Accuracy and Stability of Numerical
    Algorithms, 2nd ed., section 14.1).

    Args:
        distances: squared distances of the training rows, shape (n, n).
        choice: width and regularisation.
        targets: shape (n, targets).
        method: `INVERSE`, which multiplies with numpy.linalg.inv as the notebooks do, or `SOLVE`.

    Returns:
        Weights of shape (n, targets); infinite where the matrix is singular.
    """
    try:
        if method == SOLVE:
            kernel = RegularisedKernel(distances, choice.width, choice.regularisation)
            return kernel.solve(targets)
        matrix = gaussian_kernel(distances, choice.width)
        matrix.flat[:: len(matrix) + 1] += choice.regularisation
        return np.linalg.inv(matrix) @ targets
    except (np.linalg.LinAlgError, InputError):
        return np.full(targets.shape, np.inf)


class _Learned:
    """The functionals of one input, which share kernel matrices.

    Attributes:
        functionals: variable, quantity and electrons of each target.
        rows: the inputs as vectors of the integral norm, shape (S, P).
        targets: shape (S, targets), in Ha.
    """

    def __init__(
        self,
        systems: ChargeStates,
        variable: str,
        electrons: Sequence[int],
        validation: NestedValidation,
        method: str,
    ):
        self.variable, self.electrons, self.method = variable, electrons, method
        self.validation = validation
        self.functionals = [
            (variable, key, number) for key, number in systems.values if number in electrons
        ]
        self.basis = GridBasis(systems.grid)
        self.rows = self.basis.coefficients(systems.inputs(variable, electrons[0]))
        self.distances = cdist(self.rows, self.rows, "sqeuclidean")
        self.targets = np.stack([systems.values[each[1:]] for each in self.functionals], axis=1)

    def choose(self, rest: np.ndarray, inner: Sequence[np.ndarray]) -> dict[Functional, Choice]:
        """Return width and regularisation of each functional by an inner cross-validation.

        Args:
            rest: the systems that are no test systems.
            inner: places in `rest` of each fold.
        """
        widths = sorted(self.validation.widths[self.variable])
        regularisations = sorted(self.validation.regularisations)
        errors = np.zeros((len(widths), len(regularisations), len(self.functionals)))
        for places in inner:
            held_out, kept = rest[places], np.delete(rest, places)
            here, there = (self.distances[np.ix_(each, kept)] for each in (kept, held_out))
            for (i, width), (j, value) in product(enumerate(widths), enumerate(regularisations)):
                found = weights(here, Choice(width, value), self.targets[kept], self.method)
                with np.errstate(invalid="ignore"):
                    predicted = gaussian_kernel(there, width) @ found
                errors[i, j] += np.abs(predicted - self.targets[held_out]).mean(axis=0)
        errors[~np.isfinite(errors)] = np.inf
        choices = {}
        for number, functional in enumerate(self.functionals):
            of_target = errors[:, :, number]
            if np.isinf(of_target.min()):
                raise InputError(
                    "The kernel matrix is singular for every width and regularisation of nested"
                    " cross-validation; it needs a larger regularisation."
                )
            i, j = np.unravel_index(of_target.argmin(), of_target.shape)
            at_edge = i in (0, len(widths) - 1) or j in (0, len(regularisations) - 1)
            choices[functional] = Choice(widths[i], regularisations[j], at_edge)
        return choices

    def predict(
        self,
        choices: dict[Functional, Choice],
        parts: Sequence[np.ndarray],
        noisy: dict[tuple[str, int], np.ndarray],
    ) -> dict[Functional, np.ndarray]:
        """Return predictions (repeats, sizes, tests) of each functional, in Ha.

        Args:
            choices: as of `choose`.
            parts: the training systems of each repeat.
            noisy: as of `_noisy_inputs`.
        """
        inputs = self.basis.coefficients(noisy[self.variable, self.electrons[0]])
        predictions = {each: np.empty(inputs.shape[:-1]) for each in self.functionals}
        for repeat, part in enumerate(parts):
            here = self.distances[np.ix_(part, part)]
            flat = inputs[repeat].reshape(-1, inputs.shape[-1])
            there = cdist(flat, self.rows[part], "sqeuclidean")
            for number, functional in enumerate(self.functionals):
                choice, targets = choices[functional], self.targets[part, number : number + 1]
                values = gaussian_kernel(there, choice.width) @ weights(
                    here, choice, targets, self.method
                )
                predictions[functional][repeat] = values.reshape(inputs.shape[1:-1])
        return predictions


def _noisy_inputs(
    systems: ChargeStates,
    test: np.ndarray,
    validation: NestedValidation,
    streams: dict[tuple[str, tuple[int, ...]], np.random.Generator],
) -> dict[tuple[str, int], np.ndarray]:
    """Inputs of test systems by variable and electrons, shape (repeats, sizes, tests, P).

    The first size is zero. The noise of a repeat scales with its size.
    """
    sizes = np.array([0.0, *validation.noise])[:, None, None]
    noisy = {}
    for (variable, electrons), stream in streams.items():
        exact = systems.inputs(variable, electrons[0])[test]
        noise = stream.standard_normal((validation.repeats, 1, *exact.shape))
        noisy[variable, electrons[0]] = exact + sizes * noise
    return noisy


def _from_universal(
    predictions: dict[Functional, np.ndarray],
    systems: ChargeStates,
    test: np.ndarray,
    noisy: dict[tuple[str, int], np.ndarray],
) -> dict[Functional, np.ndarray]:
    """E, I, A and G of n from F[n_N] + integral of n_N V of every N, as `_Learned.predict`."""
    potentials, spacing = systems.potentials[test], systems.grid.spacing
    energies = {
        number: predictions["n", "F", number]
        + np.sum(noisy["n", number] * potentials, axis=-1) * spacing
        for number in ELECTRONS
    }
    energies[0] = np.zeros_like(energies[1])
    return {
        ("n", key, number): CHARGE_STATE_QUANTITIES[key].of_energies(energies, number)
        for key, number in systems.values
        if CHARGE_STATE_QUANTITIES[key].energies
    }


def _rows(
    method: str,
    predictions: dict[Functional, np.ndarray],
    systems: ChargeStates,
    test: np.ndarray,
    validation: NestedValidation,
    choices: dict[Functional, Choice],
) -> Iterator[dict]:
    """One row per functional and size of the noise."""
    for (variable, key, number), values in predictions.items():
        choice = choices.get((variable, key, number))
        errors = np.abs(values - systems.values[key, number][test]).mean(axis=(0, 2))
        responses = np.abs(values - values[:, :1]).mean(axis=(0, 2))
        for noise, mae, response in zip((0.0, *validation.noise), errors, responses, strict=True):
            yield {
                "method": method,
                "functional": charge_state_label(key, number, variable),
                "quantity": key,
                "electrons": number,
                "variable": variable,
                "noise": float(noise),
                "mae": mae,
                "response": response,
                "width": None if choice is None else choice.width,
                "regularisation": None if choice is None else choice.regularisation,
                "at_edge": None if choice is None else choice.at_edge,
            }
