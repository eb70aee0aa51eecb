"""What learning from forces buys, as a table and a figure, from made-up errors."""

import numpy as np
import pandas as pd

from hkmaps.maps.results import ENERGIES, ENERGIES_AND_FORCES, MAP_ERRORS
from hkmaps.reporting.dynamics_tables import FORCE_UNIT
from hkmaps.reporting.figures.forces import forces_figure
from hkmaps.reporting.force_tables import calculation_costs, forces_markdown
from hkmaps.units import KCAL_PER_MOL_PER_HARTREE

COSTS = {("ethane", "300+350K"): {ENERGIES: 0.5, ENERGIES_AND_FORCES: 1.25}}


def errors():
    """Forces make errors of energies a tenth, and those of forces a fifth."""
    rows = dict.fromkeys(MAP_ERRORS.column_names)
    rows |= {"molecule": "ethane", "sample": "300+350K", "quantity": "dE", "method": "ML-KS"}
    rows |= {
        "training_points": [400, 1000, 400, 1000],
        "learned_from": [ENERGIES] * 2 + [ENERGIES_AND_FORCES] * 2,
        "mae": np.array([1.0, 0.5, 0.1, 0.05]) / KCAL_PER_MOL_PER_HARTREE,
        "maximum": np.array([4.0, 2.0, 0.4, 0.2]) / KCAL_PER_MOL_PER_HARTREE,
        "force_mae": np.array([5.0, 4.0, 1.0, 0.8]) / FORCE_UNIT,
    }
    return pd.DataFrame(rows)


def test_a_row_has_errors_costs_and_what_forces_gain():
    text = forces_markdown(errors(), COSTS)
    assert "A calculation takes 0.5 and with forces 1.2 s." in text
    assert "| ML-KS | energies | 400 | 200 | 1 | - | 4 | 5 | - |" in text
    assert "| ML-KS | energies and forces | 400 | 500 | 0.1 | 0.1 | 0.4 | 1 | 0.2 |" in text


def test_splits_count_by_their_median_and_unknown_forces_are_left_open():
    one = errors()
    text = forces_markdown(pd.concat([one, one, one.assign(mae=1.0)]), COSTS)
    assert text == forces_markdown(one, COSTS)
    text = forces_markdown(one.assign(force_mae=None), COSTS)
    assert "| energies and forces | 400 | 500 | 0.1 | 0.1 | 0.4 | - | - |" in text


def test_the_figure_has_errors_against_points_and_seconds():
    energies, seconds, forces = forces_figure(errors(), COSTS).axes
    for axes, across in ((energies, [400, 1000]), (seconds, [500, 1250]), (forces, [400, 1000])):
        curves = [list(line.get_xdata()) for line in axes.lines]
        assert across in curves
    assert [label.get_text() for label in forces.get_xticklabels()] == ["400", "1000"]
    more = pd.concat(
        [errors().assign(molecule="benzene"), errors()[errors().training_points < 500]]
    )
    both = COSTS | {("benzene", "300+350K"): COSTS["ethane", "300+350K"]}
    last = forces_figure(more, dict(sorted(both.items()))).axes[-1]
    assert [label.get_text() for label in last.get_xticklabels()] == ["400", "1000"]


def test_a_calculation_costs_its_median_and_half_where_all_have_forces():
    table = pd.DataFrame({"seconds": [1.0, 3.0, 600, 5.0], "forces": [*[None] * 3, np.zeros(3)]})
    assert calculation_costs(table) == {ENERGIES: 3.0, ENERGIES_AND_FORCES: 5.0}
    assert calculation_costs(table[3:]) == {ENERGIES: 2.5, ENERGIES_AND_FORCES: 5.0}
