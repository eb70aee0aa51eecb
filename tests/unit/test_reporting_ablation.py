"""What the claims say of the choices that were turned off."""

import numpy as np
import pandas as pd

from hkmaps.maps.ablation_results import ABLATION, ALL, FROM_REFERENCE, MASSES, NAMES, STUDY
from hkmaps.reporting.ablation_tables import ablation_summary
from hkmaps.reporting.measurements.ablation import ablation_explanation

ROW = {"molecule": "ethane", "sample": "300K", "training_points": 10}


def ablation(errors, splits=1):
    known = {**ROW, "test": "test", "energies": FROM_REFERENCE, "width": 1.0, "regularisation": 1.0}
    rows = [
        known | {"variant": name, "split": split, "mae": (1 + split) * mae, "maximum": 9 * mae}
        for name, mae in errors.items()
        for split in range(splits)
    ]
    return pd.DataFrame(rows)[list(ABLATION.column_names)]


def test_the_choice_that_counts_most_comes_first():
    summary = ablation_summary([ablation({STUDY: 1, MASSES: 1.5, NAMES: 2.5, ALL: 4})], [])
    text = ablation_explanation(summary, ROW, "mae")
    assert text.startswith(" Turned off one at a time, the choice that counts most comes first")
    assert text.index("renaming after turns of methyls 2.50") < text.index("without masses")
    assert "at once 4.00 times" in text and "tables/ablation.parquet" in text
    same = ablation_summary([ablation({STUDY: 1, MASSES: 1.1})], [])
    assert (
        " No choice that is turned off raises the error by a quarter or more"
        in ablation_explanation(same, ROW, "mae")
    )
    assert ablation_explanation(summary, ROW | {"sample": "350K"}, "mae") == ""


def test_ratios_are_of_the_same_split_and_draws_beyond_them_count():
    table = pd.concat([ablation({STUDY: 1}, 4), ablation({MASSES: 2}, 2)])
    summary = ablation_summary([table], []).set_index("variant")
    assert summary.loc[MASSES, "mae_ratio"] == 2
    np.testing.assert_allclose(summary.loc[STUDY, "mae_percentiles"][[0, 4]], [1, 4])
    assert summary.loc[STUDY, "splits"] == 4
