"""Free energy of a proton between two atoms: of a map, and what the reference makes of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hkmaps.errors import InputError
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.driven_frames import HARTREE_PER_KELVIN, frame_positions, spread_frames
from hkmaps.molecules.observable_results import OBSERVABLES, PROFILES
from hkmaps.molecules.proton_transfer import expect_transfer, transfer_coordinates
from hkmaps.units import ANGSTROM_PER_BOHR

BIN = 0.1 / ANGSTROM_PER_BOHR
"""Width of the bins of the transfer coordinate in bohr; the middle of one is 0."""

RESAMPLES = 400
"""Samples with repetition that standard errors are of."""

TRANSFER = "free energy of proton transfer"
BARRIER = "barrier of proton transfer"
ON_MAP, EXPONENTIAL, CUMULANT = "on the map", "on the reference", "on the reference, 2nd cumulant"
"""Surfaces of a barrier, the reference's by an exponential average or by the second cumulant."""


@dataclass(frozen=True, eq=False)
class TransferProfile:
    """Free energy along the transfer coordinate q, the distance from one atom less the other's.

    Attributes:
        coordinate: middle of each bin, shape (bins,), in bohr.
        free_energy: -kT ln p(q), 0 at its least, in Ha; infinite where no frame is.
        uncertainty: its standard error over runs; infinite where some resamples have no frame, and
            NaN of one run.
        top, bottom: numbers of the bins at the barrier and at the minimum.
        barrier: free energy at the top, in Ha.
        barrier_uncertainty: its standard error over runs.
        temperature: in K.
    """

    coordinate: np.ndarray
    free_energy: np.ndarray
    uncertainty: np.ndarray
    top: int
    bottom: int
    barrier: float
    barrier_uncertainty: float
    temperature: float


@dataclass(frozen=True)
class Correction:
    """What the reference adds to the free energy of a map in a part of configuration space.

    Attributes:
        exponential: -kT ln <exp(-D / kT)> over frames of the map's dynamics, in Ha, with the
            difference D of the reference's energy from the map's: exact for many frames.
        exponential_uncertainty: its standard error, by resampling the frames.
        cumulant: <D> - <(D - <D>)^2> / 2 kT, in Ha: exact where D is normally distributed, and less
            at the mercy of single frames.
        cumulant_uncertainty: likewise.
        frames: how many.
    """

    exponential: float
    exponential_uncertainty: float
    cumulant: float
    cumulant_uncertainty: float
    frames: int


def is_symmetric(molecule: Molecule, transfer: Sequence[int]) -> bool:
    """Whether a tautomer of the molecule is the other end of the transfer, and so equal to it."""
    first, proton, second = expect_transfer(molecule, transfer)
    return any(
        (tautomer[first], tautomer[proton], tautomer[second]) == (second, proton, first)
        for tautomer in molecule.tautomers
    )


def transfer_profile(
    runs: Sequence[np.ndarray], temperature: float, symmetric: bool, stream: np.random.Generator
) -> TransferProfile:
    """Return the free energy along the transfer coordinate, with its spread over runs.

    The barrier is the free energy at q = 0 of a symmetric transfer, whose bins at q and -q are
    added, and else the highest between the lowest bins on both sides of 0; it is counted from the
    lowest bin of all.

    Args:
        runs: transfer coordinates of the frames of each run, in bohr.
        temperature: in K.
        symmetric: whether both ends of the transfer are equal.
        stream: random numbers of the resamples.

    Raises:
        InputError: there are no frames.
    """
    runs = [values for values in runs if len(values)]
    if not runs:
        raise InputError("A free energy was asked for of no frames; dynamics must have some.")
    largest = max(np.abs(values).max() for values in runs)
    side = int(np.ceil(largest / BIN - 0.5))
    edges = (np.arange(-side, side + 2) - 0.5) * BIN
    counts = np.array([np.histogram(values, edges)[0] for values in runs], dtype=float)
    if symmetric:
        counts = 0.5 * (counts + counts[:, ::-1])
    chosen = stream.multinomial(len(runs), np.full(len(runs), 1 / len(runs)), RESAMPLES)
    energy = temperature * HARTREE_PER_KELVIN
    total = counts.sum(axis=0)
    top, bottom = _top(total, symmetric), int(total.argmax())
    resampled = _free_energies(chosen @ counts, energy)
    tops = [_top(each, symmetric) for each in chosen @ counts]
    barriers = resampled[np.arange(RESAMPLES), tops]
    free = _free_energies(total[None], energy)[0]
    uncertainty, of_barrier = _spread(resampled), _spread(barriers[:, None])
    if len(runs) == 1:
        uncertainty, of_barrier = np.full_like(free, np.nan), [np.nan]
    return TransferProfile(
        coordinate=0.5 * (edges[1:] + edges[:-1]),
        free_energy=free,
        uncertainty=uncertainty,
        top=top,
        bottom=bottom,
        barrier=float(free[top]),
        barrier_uncertainty=float(of_barrier[0]),
        temperature=temperature,
    )


def near_top(profile: TransferProfile, coordinates: np.ndarray) -> np.ndarray:
    """Return flags of the frames in the bin of the barrier."""
    return np.abs(coordinates - profile.coordinate[profile.top]) <= 0.5 * BIN


def near_bottom(profile: TransferProfile, coordinates: np.ndarray, symmetric: bool) -> np.ndarray:
    """Return flags of the frames in the bin of the minimum, of both where two are equal."""
    place = profile.coordinate[profile.bottom]
    if symmetric:
        return np.abs(np.abs(coordinates) - abs(place)) <= 0.5 * BIN
    return np.abs(coordinates - place) <= 0.5 * BIN


def run_coordinates(
    molecule: Molecule, transfer: Sequence[int], frames: pd.DataFrame
) -> list[np.ndarray]:
    """Return the transfer coordinates of the frames of each run, in bohr.

    Args:
        molecule: what moved.
        transfer: the first atom, the proton and the second atom.
        frames: rows of `MAP_FRAMES`.
    """
    expect_transfer(molecule, transfer)
    return [
        transfer_coordinates(transfer, frame_positions(molecule, own))
        for _, own in frames.groupby("run")
    ]


def transfer_frames(
    molecule: Molecule, transfer: Sequence[int], frames: pd.DataFrame, count: int
) -> pd.DataFrame:
    """Return frames whose reference energies correct the barrier of a map.

    Half of them are in the bin of the barrier and half in that of the minimum, each evenly spread
    over runs and time, so that averages over them are averages over the map's dynamics there.

    Args:
        molecule: what moved.
        transfer: the first atom, the proton and the second atom.
        frames: rows of `MAP_FRAMES`, settled.
        count: how many; fewer where the barrier was passed more rarely.

    Returns:
        Rows of `MAP_FRAMES`, those at the barrier first.
    """
    if frames.empty:
        return frames
    symmetric = is_symmetric(molecule, transfer)
    coordinates = transfer_coordinates(transfer, frame_positions(molecule, frames))
    # Which bins these are needs no spread.
    stream = np.random.default_rng(0)
    temperature = float(frames["temperature"].iloc[0])
    profile = transfer_profile([coordinates], temperature, symmetric, stream)
    top = spread_frames(frames[near_top(profile, coordinates)], count // 2)
    bottom = near_bottom(profile, coordinates, symmetric) & ~near_top(profile, coordinates)
    return pd.concat([top, spread_frames(frames[bottom], count - count // 2)])


def correction(
    differences: np.ndarray, temperature: float, stream: np.random.Generator
) -> Correction | None:
    """Return what the reference adds to the free energy of a map; None where no frame is.

    Args:
        differences: energies of the reference less those of the map at frames of the map's
            dynamics, shape (frames,), in Ha.
        temperature: of the dynamics, in K.
        stream: random numbers of the resamples.

    Source:
        R. W. Zwanzig, J. Chem. Phys. 22, 1420 (1954).
    """
    if not len(differences):
        return None
    energy = temperature * HARTREE_PER_KELVIN
    picks = stream.integers(0, len(differences), (RESAMPLES, len(differences)))
    resampled = differences[picks]
    exponential, cumulant = (
        (function(differences[None], energy)[0], function(resampled, energy).std())
        for function in (_exponential, _cumulant)
    )
    return Correction(*map(float, (*exponential, *cumulant)), len(differences))


def barrier_table(
    molecule: Molecule,
    dynamics: str,
    profile: TransferProfile,
    counts: tuple[int, int],
    at_top: Correction | None = None,
    at_bottom: Correction | None = None,
) -> pd.DataFrame:
    """Return the barriers on the map's surface and, where frames are known, on the reference's.

    With the free energy F of either surface, F_reference(q) = F_map(q) - kT ln <exp(-D / kT)>_q, an
    average over the map's dynamics at q; a constant in D changes no barrier.

    Args:
        molecule: what moved.
        dynamics: its name.
        profile: of the map.
        counts: runs and frames of the dynamics.
        at_top, at_bottom: what the reference adds at the barrier and at the minimum.

    Returns:
        pandas.DataFrame with the columns of `OBSERVABLES`.
    """
    found = [(ON_MAP, *counts, profile.barrier, profile.barrier_uncertainty)]
    if at_top is not None and at_bottom is not None:
        frames = at_top.frames + at_bottom.frames
        for surface, name in ((EXPONENTIAL, "exponential"), (CUMULANT, "cumulant")):
            top, bottom = (getattr(each, name) for each in (at_top, at_bottom))
            spread = np.linalg.norm(
                [
                    profile.barrier_uncertainty,
                    *(getattr(each, f"{name}_uncertainty") for each in (at_top, at_bottom)),
                ]
            )
            found.append((surface, counts[0], frames, profile.barrier + top - bottom, spread))
    rows = [
        {
            "molecule": molecule.name,
            "dynamics": dynamics,
            "quantity": f"{BARRIER} {surface}",
            "unit": "Ha",
            "runs": runs,
            "frames": frames,
            "value": value,
            "deviation": None,
            "uncertainty": uncertainty,
        }
        for surface, runs, frames, value, uncertainty in found
    ]
    return pd.DataFrame(rows, columns=OBSERVABLES.column_names)


def profile_table(molecule: Molecule, dynamics: str, profile: TransferProfile) -> pd.DataFrame:
    """Return a free energy as a row of `PROFILES`."""
    row = {
        "molecule": molecule.name,
        "dynamics": dynamics,
        "quantity": TRANSFER,
        "unit": "Ha",
        "coordinate": profile.coordinate,
        "values": profile.free_energy,
        "uncertainty": profile.uncertainty,
    }
    return pd.DataFrame([row], columns=PROFILES.column_names)


def _top(counts: np.ndarray, symmetric: bool) -> int:
    """Number of the bin at the barrier: the middle one, or the rarest between both maxima."""
    middle = len(counts) // 2
    if symmetric:
        return middle
    left = int(counts[: middle + 1].argmax())
    right = middle + int(counts[middle:].argmax())
    return left + int(counts[left : right + 1].argmin())


def _free_energies(counts: np.ndarray, energy: float) -> np.ndarray:
    """-kT ln p of rows of counts, each from its least; infinite where nothing was counted."""
    with np.errstate(divide="ignore"):
        return -energy * np.log(counts / counts.max(axis=1, keepdims=True))


def _spread(values: np.ndarray) -> np.ndarray:
    """Standard deviation of columns over resamples; infinite where some value is."""
    finite = np.isfinite(values).all(axis=0)
    return np.where(finite, np.where(finite, values, 0.0).std(axis=0), np.inf)


def _exponential(differences: np.ndarray, energy: float) -> np.ndarray:
    least = differences.min(axis=1, keepdims=True)
    return least[:, 0] - energy * np.log(np.exp((least - differences) / energy).mean(axis=1))


def _cumulant(differences: np.ndarray, energy: float) -> np.ndarray:
    return differences.mean(axis=1) - differences.var(axis=1) / (2 * energy)
