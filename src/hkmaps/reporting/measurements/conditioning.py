"""What the study measured for sections 3.2 and 3.3 of paper A: near-constant shifts.

The paper's density distances are not those of its equation 5 but the vector norm times the grid
spacing, and its deviations are those of slopes by central differences, which blunt the cusps of
diatomics. Equations 5 and 6 decide; what the other choices give is in the explanations.
"""

import pandas as pd

from hkmaps.exact.quantities import QUANTITIES
from hkmaps.reporting.measurements.record import Measurement
from hkmaps.units import MILLIHARTREE_PER_HARTREE

_FIGURE10 = "conditioning/atoms.parquet, figures/arnstein_fig10.png"
_FIGURE11 = "conditioning/atoms.parquet, figures/arnstein_fig11.png"
_FIGURE12 = "conditioning/figure12.parquet, figures/arnstein_fig12.png"


def figure10_measurements(pair: pd.Series, atoms: pd.DataFrame) -> list[Measurement]:
    """Return the differences of the two systems of Figure 10.

    Args:
        pair: the row of conditioning/atoms.parquet that the figure shows.
        atoms: model_systems/atoms.parquet.
    """
    first, second = (atoms.set_index("system").loc[pair[f"system_{side}"]] for side in "ab")
    systems = (
        f"Z = {first['Z']:.4g}, alpha = {first['alpha']:.4g} and Z = {second['Z']:.4g},"
        f" alpha = {second['alpha']:.4g}, the pair of all that comes closest to the printed"
        f" differences ({_FIGURE10})."
    )
    measurements = []
    for key, quantity in QUANTITIES.items():
        difference = pair[f"difference_{key}"]
        relative = 100 * difference / abs(first[quantity.column])
        energy = difference * MILLIHARTREE_PER_HARTREE
        measurements += [
            Measurement(f"A.fig10.{quantity.column}_difference", energy, systems),
            Measurement(f"A.fig10.{quantity.column}_relative", relative, systems),
        ]
    norm = (
        f"Equation 5 gives {pair['density_distance']:.2g} bohr^-1/2; the vector norm times the"
        f" grid spacing gives {pair['density_distance_as_printed']:.2g} and a sensitivity of"
        f" {pair['sensitivity_as_printed_E']:.3g} ({_FIGURE10})."
    )
    return [
        *measurements,
        Measurement("A.fig10.total_energy_bound", pair["difference_E"], systems),
        Measurement("A.fig10.density_distance", pair["density_distance"], norm),
        Measurement(
            "A.fig10.sensitivity",
            pair["sensitivity_E"],
            f"{norm} The paper divides by the rounded distance.",
        ),
        Measurement("A.fig10.constant_shift_deviation", pair["constant_shift_deviation"], systems),
    ]


def figure11_measurements(atom_pairs: pd.DataFrame) -> list[Measurement]:
    """Return how many pairs Figure 11 shows and how the sensitivities compare.

    Args:
        atom_pairs: conditioning/atoms.parquet.
    """
    selected = atom_pairs[atom_pairs["selected"]]
    medians = {key: selected[f"sensitivity_{key}"].median() for key in QUANTITIES}
    # The middle of a factor is geometric.
    ratio = ((medians["E"] * medians["A"]) / (medians["T"] * medians["Eg"])) ** 0.5
    listed = ", ".join(f"{key}[n] {median:.3g}" for key, median in medians.items())
    return [
        Measurement(
            "A.fig11.pairs",
            len(selected),
            f"Drawn at random from {len(atom_pairs)} ({_FIGURE11}).",
        ),
        Measurement(
            "A.fig11.gauge_dependent_ratio",
            ratio,
            f"Medians of the sensitivity in Ha bohr^1/2: {listed} ({_FIGURE11}).",
        ),
    ]


def figure12_measurements(figure12: pd.DataFrame, pair: pd.Series) -> list[Measurement]:
    """Return the differences of the two systems of Figure 12, as stated, and against Figure 10.

    Args:
        figure12: conditioning/figure12.parquet, the variants "as stated" and "as printed".
        pair: the row of conditioning/atoms.parquet that Figure 10 shows.
    """
    variants = figure12.set_index("variant")
    stated, printed = variants.loc["as stated"], variants.loc["as printed"]
    systems = (
        f"As stated, alpha = {stated['alpha']:g} on {stated['grid_length']:g} bohr at"
        f" {stated['grid_density']:g} points per bohr"
    )
    other = (
        f"the printed numbers are those of alpha = {printed['alpha']:g} on"
        f" {printed['grid_length']:g} bohr at {printed['grid_density']:g} points per bohr with"
        " slopes by central differences and the vector norm times the grid spacing"
    )

    rounded = " The paper divides by 10^-3, the rounded distance of Figure 10."

    def measurement(name: str, value: float, as_printed: float, note: str = "") -> Measurement:
        explanation = (
            f"{systems}: {value:.3g}; {other}, which give {as_printed:.3g} ({_FIGURE12}).{note}"
        )
        return Measurement(f"A.fig12.{name}", value, explanation)

    def energies(row: pd.Series) -> float:
        return row["difference_E"] * MILLIHARTREE_PER_HARTREE

    deviation, distance = "constant_shift_deviation", "density_distance"
    return [
        measurement(deviation, stated[deviation], printed[f"{deviation}_as_printed"]),
        measurement(distance, stated[distance], printed[f"{distance}_as_printed"]),
        measurement("total_energy_difference", energies(stated), energies(printed)),
        measurement("sensitivity", stated["sensitivity_E"], printed["sensitivity_as_printed_E"]),
        measurement(
            "constant_shift_ratio",
            stated[deviation] / pair[deviation],
            printed[f"{deviation}_as_printed"] / pair[f"{deviation}_as_printed"],
        ),
        measurement(
            "density_distance_ratio",
            stated[distance] / pair[distance],
            printed[f"{distance}_as_printed"] / pair[f"{distance}_as_printed"],
            rounded,
        ),
        measurement(
            "total_energy_ratio",
            energies(pair) / energies(stated),
            energies(pair) / energies(printed),
        ),
        measurement(
            "sensitivity_ratio",
            pair["sensitivity_E"] / stated["sensitivity_E"],
            pair["sensitivity_as_printed_E"] / printed["sensitivity_as_printed_E"],
            rounded,
        ),
    ]
