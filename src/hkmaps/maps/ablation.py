"""What the errors of ML-KS become without each choice of the study that paper B does not have.

The study renames atoms after turns of methyl groups, weights the alignment with masses, chooses
width and regularisation by leave-one-out in a search that widens, and has the distances of
potentials in closed form. Paper B aligns (section 2.3), cross-validates (section 2.4) and has its
potentials on a grid. Here the choices are turned off one at a time, and all of them. Energies do
not change when atoms are renamed or turned, so that no variant needs a new calculation: for that
reason the map is ML-KS, which needs no density.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from sklearn.base import RegressorMixin
from sklearn.model_selection import GridSearchCV, KFold

from hkmaps.descriptors.gaussians_potential import GaussiansPotential
from hkmaps.descriptors.gridded_potential import GriddedPotential
from hkmaps.geometry.frame import ReferenceFrame
from hkmaps.kernels.cross_validation import CrossValidatedKernelRidge
from hkmaps.kernels.kernel_ridge import KernelRidge
from hkmaps.maps.ablation_results import (
    ABLATION,
    ALL,
    ALL_AND_K_MEANS,
    AT_RANDOM,
    FROM_DYNAMICS,
    FROM_REFERENCE,
    GRID,
    HEAVY,
    IN_TIME,
    K_MEANS,
    MASSES,
    NAMES,
    SEARCH,
    STUDY,
)
from hkmaps.maps.errors import maximum_absolute, mean_absolute
from hkmaps.maps.results import RANDOM_SPLIT
from hkmaps.maps.sample_data import SampleData, Sampler, training_and_test
from hkmaps.seeds import stream_seed


@dataclass(frozen=True)
class Substitutes:
    """What stands in the place of the study's choices.

    Attributes:
        folds: folds of the cross-validation, or as many as there are points.
        widths: candidates of the kernel's width, as multiples of the median distance of training
            points.
        regularisations: candidates of the regularisation.
        spacing: distance of the points that potentials are given on, in bohr.
        draws: random splits at which the map of the study is tested, more than those of all
            variants: what one draw of test set and training points may give.
    """

    folds: int
    widths: Sequence[float]
    regularisations: Sequence[float]
    spacing: float
    draws: int = 0


HEAVY_WEIGHT = 1e6
"""Weight of a heavy atom over that of hydrogen where heavy atoms alone decide the alignment."""


@dataclass(frozen=True)
class Variant:
    """A map that may lack choices of the study.

    Attributes:
        name: what it is called in the table.
        renames: whether equal atoms are renamed to the least distance from the reference.
        weights: what weights the alignment: "masses", "equal", or "heavy", which gives hydrogens
            what the other atoms leave open.
        leaves_one_out: whether the search is by leave-one-out and widens.
        analytic: whether distances of potentials are those of all space.
    """

    name: str
    renames: bool = True
    weights: str = "masses"
    leaves_one_out: bool = True
    analytic: bool = True

    def frame(self, of: SampleData) -> ReferenceFrame:
        """Return the frame that the variant aligns with, of that of a sample of the study."""
        weights = {
            "masses": of.frame.masses,
            "equal": np.ones(len(of.charges)),
            "heavy": np.where(of.charges > 1, HEAVY_WEIGHT, 1.0),
        }[self.weights]
        labelings = of.frame.labelings if self.renames else None
        return ReferenceFrame(of.frame.positions, weights, labelings)


VARIANTS = (
    Variant(STUDY),
    Variant(NAMES, renames=False),
    Variant(MASSES, weights="equal"),
    Variant(HEAVY, weights="heavy"),
    Variant(SEARCH, leaves_one_out=False),
    Variant(GRID, analytic=False),
    Variant(ALL, renames=False, weights="equal", leaves_one_out=False, analytic=False),
)


@dataclass(frozen=True, eq=False)
class Snapshots:
    """Snapshots of dynamics, in its place, orientation and names of atoms.

    Attributes:
        positions: shape (S, atoms, 3), in bohr.
        energies: by what moved the molecule, such as a force field, shape (S,), in Ha.
    """

    positions: np.ndarray
    energies: np.ndarray

    def aligned(self, like: SampleData) -> SampleData:
        """Return them in the frame of a sample, with their own energies in place of its own."""
        positions = like.frame.align(self.positions).positions
        return replace(
            _of_energies(like),
            geometry=np.arange(len(positions)),
            positions=positions,
            energies=self.energies,
            failed=0,
        )


@dataclass(frozen=True, eq=False)
class Dynamics:
    """What the dynamics knows that a pool and a test sample come from.

    Attributes:
        pool: snapshots of the pool's geometries, by their number.
        test: those of the test sample's geometries.
        all: every snapshot that the pool was chosen from, in the order of time.
    """

    pool: Snapshots
    test: Snapshots
    all: Snapshots


def ablation(
    pool: SampleData,
    test: SampleData | int,
    sizes: Sequence[int],
    sampler: Sampler | None,
    seed: int,
    substitutes: Substitutes,
    choices: Mapping[str, Sampler],
    splits: Iterable[int] = (0,),
    dynamics: Dynamics | None = None,
) -> pd.DataFrame:
    """Measure ML-KS as the study has it, and without its choices.

    Args:
        pool, test, sizes, sampler, seed, splits: as for `map_errors`, whose training sets these
            are.
        substitutes: what stands in the place of choices.
        choices: other ways to choose training points, by name, beside those at random.
        dynamics: where pool and test come from. Without it no atoms are renamed, and points are
            chosen otherwise from the pool; with it from all its snapshots, of which the energy of
            the dynamics is known, and also the first in time.

    Returns:
        pandas.DataFrame with the columns of `ABLATION`.

    Raises:
        InputError: as for `map_errors`, or the substitutes are not what they must be.
    """
    random = not isinstance(test, SampleData)
    pool, choices = _of_energies(pool), {AT_RANDOM: at_random, **choices}
    renames = dynamics is not None and len(pool.frame.labelings) > 1
    variants = [each for each in VARIANTS if each.renames or each.name == ALL or renames]
    rows = []
    splits = list(splits) if random else [0]
    for split in [*splits, *range(len(splits), substitutes.draws if random else 0)]:
        sets = [training_and_test(pool, test, size, sampler, seed, split) for size in sizes]
        for training, tested in {len(pair[0].energies): pair for pair in sets}.values():
            size = len(training.energies)
            known = {"split": split if random else None, "training_points": size}
            if split not in splits:
                rows.append(known | _errors(training, tested, VARIANTS[0], substitutes, seed))
                continue
            rows += [
                known | _errors(*_unaligned(training, tested, dynamics), each, substitutes, seed)
                for each in variants
            ]
            if dynamics is None:
                others = {
                    name: training_and_test(pool, test, size, each, seed, split)
                    for name, each in choices.items()
                }
                energies = FROM_REFERENCE
                if K_MEANS in others:
                    whole = _errors(*others[K_MEANS], VARIANTS[-1], substitutes, seed)
                    rows.append(known | whole | {"variant": ALL_AND_K_MEANS})
            else:
                others = _choices_of_dynamics(training, tested, choices, seed, dynamics)
                energies = FROM_DYNAMICS
            rows += [
                known
                | _errors(*pair, VARIANTS[0], substitutes, seed)
                | {"variant": name, "energies": energies}
                for name, pair in others.items()
            ]
    test = RANDOM_SPLIT if random else test.sample
    named = {"molecule": pool.molecule, "sample": pool.sample, "test": test}
    table = pd.DataFrame(rows).assign(**named)[list(ABLATION.column_names)]
    return table.astype({"split": "Int64"})


def at_random(positions: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Choose different geometries at random: a `Sampler`."""
    return np.random.default_rng(seed).choice(len(positions), count, replace=False)


def _unaligned(
    training: SampleData, tested: SampleData, dynamics: Dynamics | None
) -> tuple[SampleData, SampleData]:
    """The sets with the names of atoms that the dynamics has."""
    if dynamics is None:
        return training, tested
    return (
        replace(training, positions=dynamics.pool.positions[training.geometry]),
        replace(tested, positions=dynamics.test.positions[tested.geometry]),
    )


def _choices_of_dynamics(
    training: SampleData,
    tested: SampleData,
    choices: Mapping[str, Sampler],
    seed: int,
    dynamics: Dynamics,
) -> dict[str, tuple[SampleData, SampleData]]:
    """Training sets with energies of the dynamics, chosen by the study and otherwise."""
    every = dynamics.all.aligned(training)
    test = replace(_of_energies(tested), energies=dynamics.test.energies[tested.geometry])
    mine = replace(training, energies=dynamics.pool.energies[training.geometry])
    size = len(training.energies)
    return {STUDY: (mine, test)} | {
        name: training_and_test(every, test, size, each, seed)
        for name, each in {IN_TIME: None, **choices}.items()
    }


def _errors(
    training: SampleData,
    test: SampleData,
    variant: Variant,
    substitutes: Substitutes,
    seed: int,
) -> dict:
    """Train a variant and test it."""
    frame = variant.frame(training)
    learnt_from, tested = (
        frame.align(each.positions, checked=True).positions for each in (training, test)
    )
    descriptor = GaussiansPotential(training.charges)
    if not variant.analytic:
        descriptor = GriddedPotential(training.charges, spacing=substitutes.spacing)
    prepared = descriptor.prepare(learnt_from)
    distances = descriptor.squared_distances(learnt_from, prepared)
    if variant.leaves_one_out:
        model = CrossValidatedKernelRidge(metric="precomputed").fit(distances, training.energies)
        width, regularisation = model.width_, model.regularisation_
    else:
        model = k_fold_search(distances, training.energies, substitutes, seed)
        width, regularisation = model.width, model.regularisation
    predicted = model.predict(descriptor.squared_distances(tested, prepared))
    errors = predicted - test.energies
    return {
        "variant": variant.name,
        "energies": FROM_REFERENCE,
        "mae": float(mean_absolute(errors)),
        "maximum": float(maximum_absolute(errors)),
        "width": width,
        "regularisation": regularisation,
    }


def k_fold_search(
    distances: np.ndarray, energies: np.ndarray, substitutes: Substitutes, seed: int
) -> RegressorMixin:
    """Return a kernel ridge regression whose pair is the best of a grid by k folds.

    Args:
        distances: squared distances of training rows, shape (M, M).
        energies: shape (M,).
        substitutes: folds and candidates; the median distance is that of different rows.
        seed: the study's seed, of which the folds have a stream.

    Raises:
        InputError: the kernel matrix of a candidate is singular.
    """
    median = float(np.sqrt(np.median(distances[distances > 0])))
    folds = KFold(
        min(substitutes.folds, len(energies)),
        shuffle=True,
        random_state=stream_seed(seed, "maps", "ablation", "folds") % 2**32,
    )
    # scikit-learn sees the candidates in this order and takes the first of equal ones.
    candidates = {
        "width": sorted((median * width for width in substitutes.widths), reverse=True),
        "regularisation": sorted(substitutes.regularisations, reverse=True),
    }
    search = GridSearchCV(
        KernelRidge(metric="precomputed"),
        candidates,
        scoring="neg_mean_squared_error",
        cv=folds,
        error_score="raise",
    )
    return search.fit(distances, energies).best_estimator_


def _of_energies(sample: SampleData) -> SampleData:
    """A sample without its densities and forces."""
    return replace(sample, subspace=None, coordinates=None, residuals=None, gradients=None)
