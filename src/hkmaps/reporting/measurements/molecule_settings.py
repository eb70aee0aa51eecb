"""What paper B prints of H2 and H2O besides Table 1: settings, the descriptor, PBE's own error."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hkmaps.maps.results import HOHENBERG_KOHN, KOHN_SHAM
from hkmaps.reporting.measurements.record import Measurement
from hkmaps.tables import stack
from hkmaps.units import ANGSTROM_PER_BOHR, KCAL_PER_MOL_PER_HARTREE

PRINTED_MOLECULES = ("H2", "H2O")

ROUNDING = 1e-12
"""Deviation of inner products, relative to the largest, that counts as rounding."""

DIMENSIONS = 3


def setting_measurements(
    engine: Mapping[str, Any],
    box_length: float,
    frequencies: int,
    geometries: Mapping[str, pd.DataFrame],
    test_counts: Mapping[str, int],
) -> list[Measurement]:
    """Return the settings of sections 2.1 and 2.6 as the study has them.

    Args:
        engine: name of the program that calculates both molecules, and its settings.
        box_length: edge of the cube in bohr.
        frequencies: frequencies per dimension of the density's Fourier basis.
        geometries: molecule -> rows of `GEOMETRIES` of its sample; molecules that the study
            did not run are left out.
        test_counts: molecule -> geometries of the test set of a random split.
    """
    found = [
        Measurement(
            "B.sec2.1.box_length",
            box_length,
            "densities.box_length of the config (config/config.yaml).",
        ),
        _cutoff(engine),
        Measurement(
            "B.sec2.6.basis_functions_per_dimension",
            frequencies,
            "Frequencies per dimension, each a real and an imaginary part (config/config.yaml).",
        ),
        Measurement(
            "B.sec2.6.basis_coefficients",
            (2 * frequencies) ** DIMENSIONS,
            f"Two values for each of {frequencies} frequencies in each dimension"
            " (config/config.yaml).",
        ),
    ]
    drawn = {name: geometries[name] for name in PRINTED_MOLECULES if name in geometries}
    for name, rows in drawn.items():
        found.append(
            Measurement(
                f"B.sec2.6.{name}.degrees_of_freedom",
                degrees_of_freedom(rows),
                f"Independent internal coordinates of the {len(rows)} geometries"
                f" (molecules/{name}/drawn/geometries.parquet).",
            )
        )
    tests = {name: test_counts[name] for name in drawn}
    if tests:
        text = ", ".join(f"{count} of {len(drawn[name])} {name}" for name, count in tests.items())
        counts = set(tests.values())
        found.append(
            Measurement(
                "B.sec2.6.test_systems",
                # The paper prints one number for both molecules.
                counts.pop() if len(counts) == 1 else None,
                f"Test geometries: {text}"
                f" (molecules/{next(iter(tests))}/drawn/geometries.parquet).",
            )
        )
    return found


def degrees_of_freedom(geometries: pd.DataFrame) -> int:
    """Return the number of independent internal coordinates of a set of geometries.

    Args:
        geometries: rows of `GEOMETRIES`; where no coordinates are drawn, distances count.
    """
    if geometries["coordinates"].isna().any():
        positions = stack(geometries["positions"]).reshape(len(geometries), -1, DIMENSIONS)
        first, second = np.triu_indices(positions.shape[1], k=1)
        varying = np.linalg.norm(positions[:, first] - positions[:, second], axis=2)
    else:
        varying = stack(geometries["coordinates"])
    # What is constant is not quite its mean: rounding must not count as a degree of freedom.
    return int(np.linalg.matrix_rank(varying - varying.mean(axis=0), rtol=1e-6))


def potential_measurements(widths: pd.DataFrame, spacings: pd.DataFrame) -> list[Measurement]:
    """Return the best width and the best grid spacing of the Gaussians potential, in Angstrom.

    As in the paper one width serves all molecules: the one with the least leave-one-out error of
    the densities, as the geometric mean over molecules and splits. All spacings below a certain one
    give the same inner products, so that none of them is better: that one is returned, or none
    where the scan has none so fine.

    Args:
        widths: rows of `POTENTIAL_WIDTHS` of all molecules.
        spacings: rows of `POTENTIAL_SPACINGS`, likewise.

    """
    return [_width(widths), _spacing(spacings)]


def coupled_cluster_measurement(
    identity: str,
    reference: pd.DataFrame,
    coupled_cluster: pd.DataFrame,
    path: Path,
    cores: bool = True,
) -> Measurement:
    """Return the error of the reference functional relative to CCSD(T), in kcal/mol.

    Of two electrons CCSD is full configuration interaction in its basis.

    Energies are relative to their mean over the geometries, as total energies of different
    descriptions of the cores cannot be compared.

    Args:
        identity: the id of the printed number in config/published.csv.
        reference: columns geometry, energy and converged of molecules/{sample}/energies.parquet.
        coupled_cluster: molecules/{sample}/coupled_cluster.parquet.
        path: where it lies, for the explanation.
        cores: whether there are cores, so that total energies cannot be compared as they stand.
    """
    converged = reference[reference["converged"].astype(bool)]
    calculated = coupled_cluster.dropna(subset="energy")
    where = "/".join(("molecules", *path.parts[-3:]))
    both = calculated.merge(converged, on="geometry", suffixes=("", "_reference"))
    if both.empty:
        text = (
            f"None of {len(coupled_cluster)} geometries converged both by CCSD(T) and by the"
            f" reference calculation ({where})."
        )
        return Measurement(identity, None, text)
    errors = _relative(both["energy_reference"]) - _relative(both["energy"])
    lowest = both["energy"].idxmin()
    to_lowest = errors - errors[lowest]
    without_triples = _relative(both["ccsd_energy"]) - _relative(both["energy"])
    hartree_fock = _relative(both["hartree_fock_energy"]) - _relative(both["energy"])
    basis = both["orbital_basis"].iloc[0]
    as_they_stand, core = "", " with a frozen core"
    if not cores:
        core = ", which is full configuration interaction for two electrons"
        shifted = _mean_absolute_kcal(both["energy_reference"] - both["energy"])
        as_they_stand = f" as they stand, since there are no cores, {shifted:.2g};"
    return Measurement(
        identity,
        _mean_absolute_kcal(errors),
        f"Energies of {len(both)} geometries relative to their mean, beside all-electron"
        f" CCSD(T)/{basis}{core}; relative to the lowest geometry, as the paper"
        f" may have it, {_mean_absolute_kcal(to_lowest):.2g};{as_they_stand} CCSD alone is off by"
        f" {_mean_absolute_kcal(without_triples):.2g} and Hartree-Fock by"
        f" {_mean_absolute_kcal(hartree_fock):.2g} kcal/mol ({where}).",
    )


def _cutoff(engine: Mapping[str, Any]) -> Measurement:
    name, settings = engine["name"], engine["settings"]
    cutoff = settings.get("wave_function_cutoff")
    text = f"Setting of the engine {name} (config/config.yaml)."
    if cutoff is None:
        text = (
            f"The engine {name} expands orbitals in Gaussians ({settings['orbital_basis']}), which"
            " have no cutoff; it is a setting of the engine espresso alone (config/config.yaml)."
        )
    return Measurement("B.sec2.1.wave_function_cutoff", cutoff, text)


def _width(widths: pd.DataFrame) -> Measurement:
    angstrom = widths.assign(gamma=(widths["gamma"] * ANGSTROM_PER_BOHR).round(9))
    best = {method: _best(rows, "cv_error") for method, rows in angstrom.groupby("method")}
    densities = angstrom[angstrom["method"] == HOHENBERG_KOHN]
    by_split = [_best(rows, "cv_error") for _, rows in densities.groupby("split")]
    tested = {method: _best(rows, "mae") for method, rows in angstrom.groupby("method", sort=False)}
    means = _means(densities, "cv_error")
    near = ", ".join(f"{value / means.min():.2f} at {gamma:g}" for gamma, value in means.items())
    molecules = sorted(set(widths["molecule"]))
    return Measurement(
        "B.sec2.4.potential_width",
        best[HOHENBERG_KOHN],
        f"Least leave-one-out error of the densities of {' and '.join(molecules)} together, over"
        f" {len(by_split)} splits; that error over the least: {near} Angstrom. Single splits prefer"
        f" {min(by_split):g} to {max(by_split):g}; the energies of ML-KS prefer"
        f" {best[KOHN_SHAM]:g}; the test energies {tested[KOHN_SHAM]:g} (ML-KS) and"
        f" {tested[HOHENBERG_KOHN]:g} (ML-HK)"
        f" (maps/{molecules[0]}/drawn/potential_widths.parquet).",
        float(np.std(by_split, ddof=1)) if len(by_split) > 1 else None,
        len(by_split),
    )


def _means(rows: pd.DataFrame, column: str) -> pd.Series:
    """Geometric mean of an error over molecules and splits, by width."""
    return np.exp(np.log(rows[column]).groupby(rows["gamma"]).mean())


def _best(rows: pd.DataFrame, column: str) -> float:
    return float(_means(rows, column).idxmin())


def _spacing(spacings: pd.DataFrame) -> Measurement:
    angstrom = (spacings["spacing"] * ANGSTROM_PER_BOHR).round(9)
    deviations = spacings["deviation"].groupby(angstrom).max().sort_index()
    fine = deviations[(deviations <= ROUNDING).cummin()]
    listed = ", ".join(f"{value:.0e} at {spacing:g}" for spacing, value in deviations.items())
    molecule = spacings["molecule"].iloc[0]
    return Measurement(
        "B.sec2.4.potential_spacing",
        None if fine.empty else float(fine.index[-1]),
        "The coarsest spacing whose inner products are the analytic ones, so that no finer one can"
        f" be better; deviations by spacing in Angstrom: {listed}"
        f" (maps/{molecule}/drawn/potential_spacings.parquet).",
    )


def _relative(energies: pd.Series) -> pd.Series:
    return energies - energies.mean()


def _mean_absolute_kcal(errors: pd.Series) -> float:
    return float(errors.abs().mean()) * KCAL_PER_MOL_PER_HARTREE
