"""What the study measured for section 2.1 and 2.2 of paper A: grids, data sets, gauge."""

import math

import pandas as pd

from hkmaps.exact.convergence import smallest_sufficient
from hkmaps.reporting.measurements.record import Measurement, in_mha
from hkmaps.units import CHEMICAL_ACCURACY, KCAL_PER_MOL_PER_HARTREE, MILLIHARTREE_PER_HARTREE

DOUBLE_CHEMICAL_ACCURACY = CHEMICAL_ACCURACY / 2
"""Paper A's threshold of convergence (section 2.1.1), in Ha per particle."""

_CONVERGENCE = "model_systems/convergence.parquet"
_PLANE = "figures/study_convergence_plane.png"


def sufficient(rows: pd.DataFrame, setting: str, threshold: float) -> float:
    """Return the smallest setting from which on every error of a scan is within a threshold.

    Args:
        rows: rows of model_systems/convergence.parquet.
        setting: the scanned column, `grid_length` or `grid_density`.
        threshold: largest |error| per particle, in Ha.

    Returns:
        A value of the scan; infinite where the last one misses the threshold, too.
    """
    found = smallest_sufficient(rows[setting], rows["error_per_particle"], threshold)
    return math.inf if found is None else found


def hydrogen_measurements(convergence: pd.DataFrame) -> list[Measurement]:
    """Return the measured numbers of Figures 1 and 2 and of the system-size test.

    Args:
        convergence: model_systems/convergence.parquet.
    """
    densities = convergence[convergence["study"] == "density"].sort_values("grid_density")
    lengths = convergence[convergence["study"] == "length"].sort_values("grid_length")
    finest = densities.iloc[-1]
    errors = _listed(densities, "grid_density")
    scan = (
        f"Errors in mHa by points per bohr: {errors} ({_CONVERGENCE}, figures/arnstein_fig02.png)."
    )
    size = sufficient(lengths, "grid_length", DOUBLE_CHEMICAL_ACCURACY)
    return [
        Measurement(
            "A.sec1.chemical_accuracy",
            MILLIHARTREE_PER_HARTREE / KCAL_PER_MOL_PER_HARTREE,
            "1 kcal/mol from the constants of CODATA; config/config.yaml uses the rounded value.",
        ),
        Measurement(
            "A.fig1.hydrogen_energy",
            finest["energy"],
            f"At {finest['grid_density']:g} points per bohr; it misses the exact value by"
            f" {in_mha(finest['error_per_particle'])} mHa ({_CONVERGENCE}).",
        ),
        Measurement(
            "A.fig2.chemical_accuracy_density",
            sufficient(densities, "grid_density", CHEMICAL_ACCURACY),
            scan,
        ),
        Measurement(
            "A.fig2.double_chemical_accuracy_density",
            sufficient(densities, "grid_density", DOUBLE_CHEMICAL_ACCURACY),
            scan,
        ),
        Measurement(
            "A.sec2.1.1.system_size",
            size,
            f"Errors in mHa by length in bohr, at {lengths['grid_density'].iloc[0]:g} points per"
            f" bohr: {_listed(lengths, 'grid_length')}; threshold"
            f" {in_mha(DOUBLE_CHEMICAL_ACCURACY)} mHa ({_CONVERGENCE},"
            " figures/study_system_size.png).",
        ),
    ]


def grid_measurements(
    convergence: pd.DataFrame, atoms: pd.DataFrame, diatomics: pd.DataFrame
) -> list[Measurement]:
    """Return what the published grid achieves, and which grid would suffice.

    Args:
        convergence: model_systems/convergence.parquet.
        atoms: model_systems/atoms.parquet.
        diatomics: model_systems/diatomics.parquet.
    """
    systems = pd.concat([atoms, diatomics], ignore_index=True)
    bound = systems[systems["bound"]]
    measurements = []
    for name, study, setting in (
        ("grid_length", "dataset_length", "grid_length"),
        ("grid_density", "dataset_density", "grid_density"),
    ):
        rows = convergence[convergence["study"] == study]
        one = sufficient(rows[rows["electrons"] == 1], setting, DOUBLE_CHEMICAL_ACCURACY)
        worst = rows.loc[rows[setting] == rows[setting].max(), "error_per_particle"].abs().max()
        measurements.append(
            Measurement(
                f"A.sec2.1.2.{name}",
                sufficient(rows, setting, DOUBLE_CHEMICAL_ACCURACY),
                f"One electron alone needs {_or_more(one, rows[setting].max())}; at the largest"
                f" value scanned, {rows[setting].max():g}, the worst system of one or two electrons"
                f" still has an error of {in_mha(worst)} mHa per particle"
                f" ({len(systems) - len(bound)} of {len(systems)} systems do not bind the second"
                f" electron, whose energy is then one of the box; {_CONVERGENCE}, {_PLANE}).",
            )
        )
    for name, column, energy in (
        ("sec2.1.2.one_electron_error", "one_electron_error", "E1"),
        ("sec2.2.3.two_electron_error", "two_electron_error", "E2"),
    ):
        worst = systems.loc[systems[column].idxmax()]
        missed = int((systems[column] > DOUBLE_CHEMICAL_ACCURACY).sum())
        among_bound = f"{in_mha(bound[column].max())} mHa" if len(bound) else "not defined"
        measurements.append(
            Measurement(
                f"A.{name}",
                worst[column] * MILLIHARTREE_PER_HARTREE,
                f"{energy} of {missed} of {len(systems)} systems misses"
                f" {in_mha(DOUBLE_CHEMICAL_ACCURACY)} mHa on the published grid, most for"
                f" {_label(worst)}, where the second electron is"
                f" {'bound' if worst['bound'] else 'not bound'}; the largest error among systems"
                f" that bind it is {among_bound} (model_systems/atoms.parquet,"
                f" model_systems/diatomics.parquet, {_PLANE}).",
            )
        )
    return measurements


def data_set_measurements(
    atoms: pd.DataFrame,
    diatomics: pd.DataFrame,
    reference_length: float,
    reference_density: float,
) -> list[Measurement]:
    """Return the sizes and parameter ranges of the data sets as they are in the tables.

    Args:
        atoms: model_systems/atoms.parquet.
        diatomics: model_systems/diatomics.parquet.
        reference_length: length of the reference grid, in bohr.
        reference_density: its points per bohr.
    """
    train = atoms[atoms["split"] == "train"]
    pairs = diatomics[diatomics["split"] == "train"]
    from_atoms = "As in model_systems/atoms.parquet."
    from_diatomics = "As in model_systems/diatomics.parquet."
    from_config = "As in config/config.yaml, model_systems.reference_grid."
    # Both parameters must have as many values as are printed for each.
    values = {train["Z"].nunique(), train["alpha"].nunique()}
    return [
        Measurement("A.sec2.1.1.nuclear_charge_min", train["Z"].min(), from_atoms),
        Measurement("A.sec2.1.1.nuclear_charge_max", train["Z"].max(), from_atoms),
        Measurement("A.sec2.1.1.softening_min", train["alpha"].min(), from_atoms),
        Measurement("A.sec2.1.1.softening_max", train["alpha"].max(), from_atoms),
        Measurement("A.sec2.1.1.values_per_parameter", min(values), from_atoms),
        Measurement("A.sec2.1.1.training_systems", len(train), from_atoms),
        Measurement("A.sec2.1.1.test_systems", (atoms["split"] == "test").sum(), from_atoms),
        Measurement("A.sec2.1.2.nuclear_charge", diatomics["Z"].max(), from_diatomics),
        Measurement("A.sec2.1.2.softening", diatomics["alpha"].max(), from_diatomics),
        Measurement("A.sec2.1.2.training_systems", len(pairs), from_diatomics),
        Measurement("A.sec2.1.2.distance_min", pairs["r"].min(), from_diatomics),
        Measurement("A.sec2.1.2.distance_max", pairs["r"].max(), from_diatomics),
        Measurement("A.sec2.1.2.reference_length", reference_length, from_config),
        Measurement("A.sec2.1.2.reference_density", reference_density, from_config),
    ]


def gauge_measurements(gauge_shift: pd.DataFrame) -> list[Measurement]:
    """Return the shift of Figure 5 and what it does to the total energy.

    Args:
        gauge_shift: model_systems/gauge_shift.parquet, a row without and a row with the shift.
    """
    rows = gauge_shift.sort_values("shift")
    first, last = rows.iloc[0], rows.iloc[-1]
    density = abs(last["density"] - first["density"]).max()
    explanation = (
        f"The densities of the two rows differ by at most {density:.1e} per bohr"
        " (model_systems/gauge_shift.parquet, figures/arnstein_fig05.png)."
    )
    energy = last["total_energy"] - first["total_energy"]
    return [
        Measurement("A.fig5.shift", last["shift"] - first["shift"], explanation),
        Measurement("A.fig5.total_energy_shift", energy, explanation),
    ]


def _listed(rows: pd.DataFrame, setting: str) -> str:
    return ", ".join(
        f"{row[setting]:g}: {in_mha(abs(row['error_per_particle']))}"
        for row in rows.to_dict("records")
    )


def _or_more(value: float, largest: float) -> str:
    return f"more than {largest:g}" if math.isinf(value) else f"{value:g}"


def _label(system: pd.Series) -> str:
    names = [name for name in ("Z", "alpha", "r") if not pd.isna(system[name])]
    return ", ".join(f"{name} = {system[name]:.3g}" for name in names)
