"""What dynamics shows of a molecule: fluctuations, lengths of bonds, the density of vibrations."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from hkmaps.errors import InputError
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.driven_frames import frame_positions
from hkmaps.molecules.geometries import bond_lengths
from hkmaps.molecules.observable_results import OBSERVABLES, PROFILES, SPECTRA
from hkmaps.units import ANGSTROM_PER_BOHR

SETTLING = 0.1
"""Part of the time that was asked for in which dynamics forgets where it started."""

BOND_BIN = 0.01 / ANGSTROM_PER_BOHR
"""Width of the bins of bond lengths, in bohr."""

FEWEST_FRAMES = 6
"""Frames of a trajectory that a density of states takes at least."""

ZERO_PADDING = 4
"""Times that autocorrelations are lengthened by zeros, so that spectra are smooth curves."""


def settled_frames(frames: pd.DataFrame, ends: pd.DataFrame) -> pd.DataFrame:
    """Return the frames of the runs that lasted, without the first tenth of each.

    A run that breaks is on its way to that for an unknown time; what it shows is no property of the
    molecule.

    Args:
        frames: rows of `MAP_FRAMES`.
        ends: rows of `DYNAMICS_ENDS` of the same runs.
    """
    lasted = ends[ends["completed"].astype(bool)].set_index("run")["time_asked"]
    asked = frames["run"].map(lasted).astype(float)
    return frames[frames["time"] > SETTLING * asked]


def fluctuations(molecule: Molecule, positions: np.ndarray) -> np.ndarray:
    """Return the root-mean-square distance of each atom from its mean place, shape (atoms,), bohr.

    Geometries are aligned in the molecule's frame first, so that translation and rotation do not
    count.

    Args:
        molecule: what moved.
        positions: shape (frames, atoms, 3), in bohr.
    """
    aligned = molecule.frame.align(positions).positions
    return np.sqrt(((aligned - aligned.mean(axis=0)) ** 2).sum(axis=2).mean(axis=0))


def fluctuation_table(
    molecule: Molecule, dynamics: str, runs: Sequence[Sequence[np.ndarray]]
) -> pd.DataFrame:
    """Return how the atoms of each element fluctuate: root mean square of a run, mean over runs.

    Args:
        molecule: what moved.
        dynamics: its name.
        runs: pieces of each run, positions of shape (frames, atoms, 3), in bohr. What lasts longer
            fluctuates more, so that pieces of equal length are compared (`pieces`).

    Returns:
        pandas.DataFrame with the columns of `OBSERVABLES`.
    """
    rows = []
    squares = np.array(
        [
            np.mean([fluctuations(molecule, positions) ** 2 for positions in of_run], axis=0)
            for of_run in runs
        ]
    )
    for element in dict.fromkeys(molecule.symbols):
        own = [atom for atom, symbol in enumerate(molecule.symbols) if symbol == element]
        if len(runs):
            values = np.sqrt(squares[:, own].mean(axis=1))
            frames = sum(len(positions) for of_run in runs for positions in of_run)
            names = molecule.name, dynamics, f"fluctuation of {element}"
            rows.append(_row(*names, values, frames))
    return _observables(rows)


def pieces(
    molecule: Molecule, frames: pd.DataFrame, ends: pd.DataFrame, time: float
) -> list[list[np.ndarray]]:
    """Return positions of runs, cut into pieces of equal time.

    The first of several pieces remembers where the run started, and the last one of a run that
    broke knows of that; neither is among them.

    Args:
        molecule: what moved.
        frames: rows of `MAP_FRAMES`.
        ends: rows of `DYNAMICS_ENDS` of the same runs.
        time: of a piece, in hbar/Ha.

    Returns:
        Run by run, where it has any, positions of each piece, shape (frames, atoms, 3), in bohr.
    """
    found = []
    completed = ends.set_index("run")["completed"].astype(bool)
    for run, own in frames.groupby("run"):
        # A tenth of a frame more, so that rounding does not lose a piece.
        interval = own["time"].diff().median() if len(own) > 1 else time
        count = int((own["time"].max() + 0.1 * interval) / time)
        numbers = range(count - (not completed[run]))
        own_pieces = []
        for number in numbers[1:] or numbers:
            inside = own["time"].between(number * time, (number + 1) * time, inclusive="left")
            own_pieces.append(frame_positions(molecule, own[inside]))
        found.append([positions for positions in own_pieces if len(positions) > 1])
    return [of_run for of_run in found if of_run]


def bond_kinds(molecule: Molecule) -> dict[str, list[int]]:
    """Return the numbers of the bonds of each kind, such as C-H."""
    kinds: dict[str, list[int]] = {}
    for number, bond in enumerate(molecule.bonds):
        name = "-".join(sorted(molecule.symbols[atom] for atom in bond))
        kinds.setdefault(name, []).append(number)
    return dict(sorted(kinds.items()))


def bond_table(molecule: Molecule, dynamics: str, runs: Sequence[np.ndarray]) -> pd.DataFrame:
    """Return the mean length of the bonds of each kind.

    Args:
        molecule: what moved.
        dynamics: its name.
        runs: positions of each run, shape (frames, atoms, 3), in bohr.

    Returns:
        pandas.DataFrame with the columns of `OBSERVABLES`: the standard deviation is that of all
        lengths of a kind.
    """
    rows = []
    lengths = [bond_lengths(molecule, positions) for positions in runs if len(positions)]
    for name, bonds in bond_kinds(molecule).items() if lengths else ():
        each = [of_run[:, bonds] for of_run in lengths]
        values = np.array([of_run.mean() for of_run in each])
        every = np.concatenate(each)
        names = molecule.name, dynamics, f"bond {name}"
        row = _row(*names, values, len(every))
        # A longer run counts for more in the mean of all lengths.
        rows.append(row | {"value": every.mean(), "deviation": every.std()})
    return _observables(rows)


def bond_profiles(molecule: Molecule, dynamics: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """Return distributions of the bond lengths of each kind, all dynamics with the same bins.

    Args:
        molecule: what moved.
        dynamics: name -> positions of its frames, shape (frames, atoms, 3), in bohr.

    Returns:
        pandas.DataFrame with the columns of `PROFILES`; the integral of each distribution is 1.
    """
    rows = []
    lengths = {
        name: bond_lengths(molecule, positions)
        for name, positions in dynamics.items()
        if len(positions)
    }
    for kind, bonds in bond_kinds(molecule).items() if lengths else ():
        every = np.concatenate([values[:, bonds].ravel() for values in lengths.values()])
        bins = np.arange(np.floor(every.min() / BOND_BIN), np.floor(every.max() / BOND_BIN) + 2)
        edges = bins * BOND_BIN
        for name, values in lengths.items():
            density, _ = np.histogram(values[:, bonds], edges, density=True)
            rows.append(
                {
                    "molecule": molecule.name,
                    "dynamics": name,
                    "quantity": f"bond {kind}",
                    "unit": "1/bohr",
                    "coordinate": 0.5 * (edges[1:] + edges[:-1]),
                    "values": density,
                    "uncertainty": None,
                }
            )
    return pd.DataFrame(rows, columns=PROFILES.column_names) if rows else PROFILES.empty()


def central_velocities(positions: np.ndarray, interval: float) -> np.ndarray:
    """Return velocities at all frames but the first and the last, by central differences.

    These are the velocities of velocity Verlet, exactly, where the interval is its time step.

    Args:
        positions: shape (frames, atoms, 3), in bohr.
        interval: time between frames, in hbar/Ha.

    Returns:
        Shape (frames - 2, atoms, 3), in bohr Ha/hbar.
    """
    return (positions[2:] - positions[:-2]) / (2 * interval)


def vibrational_density_of_states(
    velocities: np.ndarray, masses: np.ndarray, interval: float, states: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the spectrum of the mass-weighted autocorrelation of velocities.

    The autocorrelation is taken up to half the length of the trajectory and multiplied by Hann's
    window, so that lines are about 4 pi / length wide. In classical dynamics each vibration holds
    the same mean energy and so counts as one state; a trajectory at constant energy is scaled to
    all states as a whole, whatever each vibration holds.

    Args:
        velocities: shape (frames, atoms, 3), in any unit.
        masses: shape (atoms,), in any unit.
        interval: time between frames, in hbar/Ha.
        states: in how many directions the atoms move, 3 N - 6 where nothing but bonds does.

    Returns:
        Energies of a vibrational quantum in Ha, from 0 to pi / interval, and the density of states
        in 1/Ha, whose integral by the trapezoidal rule is `states`.

    Raises:
        InputError: there are fewer than four frames, or nothing moves.

    Source:
        J. M. Dickey and A. Paskin, Phys. Rev. 188, 1407 (1969).
    """
    frames, lags = len(velocities), len(velocities) // 2
    if lags < 2 or not velocities.any():
        raise InputError(
            f"A density of states was asked for of {frames} frames; it takes at least 4, in which"
            " atoms move."
        )
    weighted = (velocities * np.sqrt(masses)[:, None]).reshape(frames, -1)
    power = (np.abs(np.fft.rfft(weighted, 2 * frames, axis=0)) ** 2).sum(axis=1)
    correlation = np.fft.irfft(power)[:lags] / (frames - np.arange(lags))
    windowed = correlation * 0.5 * (1 + np.cos(np.pi * np.arange(lags) / lags))
    points = ZERO_PADDING * lags
    even = np.zeros(2 * points)
    even[:lags] = windowed
    even[-lags + 1 :] = windowed[:0:-1]
    transformed = interval * np.fft.rfft(even).real
    energies = np.pi / (points * interval) * np.arange(points + 1)
    return energies, states * transformed / (np.pi * correlation[0])


def spectrum_table(molecule: Molecule, dynamics: str, trajectory: pd.DataFrame) -> pd.DataFrame:
    """Return the density of states of a trajectory at constant energy; no row of a few frames.

    Args:
        molecule: what moved.
        dynamics: its name.
        trajectory: rows of `TRAJECTORY`, a frame at each step of velocity Verlet; the molecule
            neither moves nor turns as a whole.

    Returns:
        pandas.DataFrame with the columns of `SPECTRA`.
    """
    if len(trajectory) < FEWEST_FRAMES:
        return SPECTRA.empty()
    times = trajectory["time"].to_numpy()
    interval = (times[-1] - times[0]) / (len(times) - 1)
    velocities = central_velocities(frame_positions(molecule, trajectory), interval)
    energies, density = vibrational_density_of_states(
        velocities, molecule.masses, interval, molecule.frame.axes.shape[1]
    )
    total = (trajectory["potential_energy"] + trajectory["kinetic_energy"]).to_numpy()
    row = {
        "molecule": molecule.name,
        "dynamics": dynamics,
        "time": times[-1] - times[0],
        "energy_drift": total[-1] - total[0],
        "energy": energies,
        "density": density,
    }
    return pd.DataFrame([row], columns=SPECTRA.column_names)


def _row(molecule: str, dynamics: str, quantity: str, values: np.ndarray, frames: int) -> dict:
    """Mean over runs and its standard error, in bohr."""
    count = len(values)
    return {
        "molecule": molecule,
        "dynamics": dynamics,
        "quantity": quantity,
        "unit": "bohr",
        "runs": count,
        "frames": frames,
        "value": values.mean(),
        "deviation": None,
        "uncertainty": values.std(ddof=1) / np.sqrt(count) if count > 1 else None,
    }


def _observables(rows: list[dict]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=OBSERVABLES.column_names) if rows else OBSERVABLES.empty()
