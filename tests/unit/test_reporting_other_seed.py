"""What another seed changes."""

import pandas as pd

from hkmaps.maps.results import MAP_ERRORS
from hkmaps.reporting.claims import CLAIMS
from hkmaps.reporting.other_seed import (
    changed_verdicts,
    changed_verdicts_markdown,
    other_seed_markdown,
    table2_claims,
)
from hkmaps.reporting.published import read_published
from hkmaps.tables import write_table
from hkmaps.units import KCAL_PER_MOL_PER_HARTREE

COLUMNS = ["id", "paper", "location", "quantity", "published", "measured", "verdict"]
FIRST = pd.DataFrame(
    [
        ["A.one", "arnstein2025", "Table 1", "error of E[V]", 3.8, 4.79, "reproduced"],
        ["A.two", "arnstein2025", "Figure 8", "best batch size", 50, 100, "differs"],
        ["A.three", "arnstein2025", "Figure 9", "error of T[V]", 0.5, 0.5, "reproduced"],
    ],
    columns=COLUMNS,
)
OTHER = FIRST.assign(
    measured=[5.1, 50, 0.6],
    verdict=["reproduced", "reproduced", "differs"],
    id=[*FIRST["id"][:2], "X"],
)


def test_claims_of_both_with_another_verdict():
    (row,) = changed_verdicts(FIRST, OTHER).to_dict("records")
    assert row["id"] == "A.two"
    assert (row["measured_first"], row["verdict_first"]) == (100, "differs")
    assert (row["measured_other"], row["verdict_other"]) == (50, "reproduced")


def test_markdown_names_both():
    lines = changed_verdicts_markdown(FIRST, OTHER, "seed 7")
    assert lines[0].startswith("Of 2 claims of L. Arnstein, Using machine learning")
    assert lines[0].endswith("that both runs decide, 1 have another")
    assert (
        "| arnstein2025 | Figure 8: best batch size | 50 | 100, differs | 50, reproduced |" in lines
    )
    assert "0 have another" in changed_verdicts_markdown(FIRST, FIRST, "seed 7")[0]


def write_study(folder, mae, verdict):
    """A study of paper A, and ethane's errors of `mae` kcal/mol at M = 500."""
    claim = dict.fromkeys(CLAIMS.column_names) | FIRST.iloc[0].to_dict()
    claim |= {"unit": "mHa", "verdict": verdict, "rule": "value:", "explanation": ""}
    (folder / "paper_a").mkdir(parents=True)
    write_table(pd.DataFrame([claim]), folder / "paper_a/claims.parquet", CLAIMS)
    row = dict.fromkeys(MAP_ERRORS.column_names)
    row |= {"molecule": "ethane", "sample": "300K", "test": "test", "split": 0}
    row |= {"method": "ML-HK", "learned_from": "energies", "energy_training": "predicted"}
    row |= {"hyperparameters": "shared", "quantity": "dE", "mae": mae / KCAL_PER_MOL_PER_HARTREE}
    row |= {"maximum": 10 * mae / KCAL_PER_MOL_PER_HARTREE, "at_edge": False, "width": 1.0}
    row |= {"regularisation": 1e-9}
    sizes = [row | {"training_points": size} for size in (250, 500)]
    path = folder / "maps/ethane/300K/errors.parquet"
    path.parent.mkdir(parents=True)
    write_table(pd.DataFrame(sizes), path, MAP_ERRORS)


def test_table_2_of_both_at_a_size_that_both_ran(tmp_path):
    write_study(tmp_path / "first", 0.25, "reproduced")
    write_study(tmp_path / "other", 0.75, "differs")
    published = read_published("config/published.csv")
    claims = table2_claims(tmp_path / "other", 500, published)
    assert list(claims["id"]) == [f"B.table2.ethane.300K.dE.{name}" for name in ("mae", "max")]
    assert list(claims["verdict"]) == ["differs", "differs"]
    assert claims["rule"].str.contains("at M = 500 instead of 2000").all()
    page = other_seed_markdown(tmp_path / "first", tmp_path / "other", "seed 7", [500])
    assert "| Table 1: error of E[V] | 3.8 | 4.79, reproduced | 4.79, differs |" in page
    assert "2 of 2 verdicts change. A number of seed 7 is 3 to 3 times" in page
