"""Verdicts that another seed changes."""

import pandas as pd

from hkmaps.reporting.record import changed_verdicts, changed_verdicts_markdown

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
    text = changed_verdicts_markdown(FIRST, OTHER, "seed 7")
    assert "Of 2 claims that both runs decide, 1 have another verdict." in text
    assert (
        "| arnstein2025 | Figure 8: best batch size | 50 | 100, differs | 50, reproduced |" in text
    )
    assert changed_verdicts_markdown(FIRST, FIRST, "seed 7").endswith("0 have another verdict.\n\n")
