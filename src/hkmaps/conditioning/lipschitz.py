"""Lipschitz quotients of the functionals of charge states: how far inputs tell values apart."""

import numpy as np
import pandas as pd
from scipy.spatial.distance import pdist

from hkmaps.datasets.charge_states import CHARGE_STATE_QUANTITIES, charge_state_label
from hkmaps.datasets.functionals import VARIABLES
from hkmaps.tables import Column, TableSchema, stack

LIPSCHITZ_QUOTIENTS = TableSchema(
    "Lipschitz quotients",
    "|Q_a - Q_b| over the L2 distance of the inputs, all pairs of systems of a data set, one row"
    " per functional (Arnstein 2026; paper A, equation 7)",
    (
        Column("dataset", "text", "", "data set"),
        Column("functional", "text", "", "functional and number of electrons, such as G2[n]"),
        Column("quantity", "text", "", "E, I, A, F or G"),
        Column("electrons", "integer", "1", "number of electrons"),
        Column("variable", "text", "", "what is given: n or V"),
        Column("gauge_dependent", "flag", "", "whether a constant shift changes the quantity"),
        Column("of_next", "flag", "", "whether it depends on the electron that is added"),
        Column("pairs", "integer", "1", "number of pairs"),
        Column(
            "median", "number", "Ha bohr^1/2 or bohr^-1/2", "median of the quotients, for n or V"
        ),
        Column("largest", "number", "Ha bohr^1/2 or bohr^-1/2", "largest quotient, for n or V"),
        Column("smallest_distance", "number", "bohr^-1/2 or Ha bohr^1/2", "of inputs, n or V"),
    ),
)


def lipschitz_quotients(states: pd.DataFrame, dataset: str) -> pd.DataFrame:
    """Return the quotients of all functionals of a data set.

    The largest quotient is a lower bound of the Lipschitz constant of any function that gives the
    exact values: what an error of the input, as large as the distance of two systems, can do.

    Args:
        states: rows of `hkmaps.datasets.charge_states.CHARGE_STATES`.
        dataset: the data set's name.

    Returns:
        pandas.DataFrame with the columns of `LIPSCHITZ_QUOTIENTS`.
    """
    rows = []
    for key, quantity in CHARGE_STATE_QUANTITIES.items():
        for electrons in quantity.electrons:
            part = states[states["electrons"] == electrons]
            spacing = part["grid_length"].iloc[0] / (len(part["density"].iloc[0]) - 1)
            differences = pdist(part[quantity.column].to_numpy()[:, None])
            for variable, column in zip(VARIABLES, ("potential", "density"), strict=True):
                distances = pdist(stack(part[column])) * np.sqrt(spacing)
                quotients = differences / distances
                rows.append(
                    {
                        "dataset": dataset,
                        "functional": charge_state_label(key, electrons, variable),
                        "quantity": key,
                        "electrons": electrons,
                        "variable": variable,
                        "gauge_dependent": quantity.gauge_dependent,
                        "of_next": quantity.of_next,
                        "pairs": len(quotients),
                        "median": float(np.median(quotients)),
                        "largest": float(quotients.max()),
                        "smallest_distance": float(distances.min()),
                    }
                )
    return pd.DataFrame(rows, columns=LIPSCHITZ_QUOTIENTS.column_names)
