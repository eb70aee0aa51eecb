"""The report as a text: what it holds, and what it keeps out; the data dictionary."""

import importlib
import pkgutil
import re
from pathlib import Path

import pytest
from docutils.utils import SystemMessage
from matplotlib.figure import Figure

import hkmaps
from hkmaps.errors import InputError
from hkmaps.reporting.data_dictionary import FILES, data_dictionary, schema_of
from hkmaps.reporting.report import (
    Item,
    Run,
    caption_title,
    caption_to_html,
    changed_keys,
    markdown_to_html,
    render_report,
)
from hkmaps.tables import TableSchema

REPOSITORY = Path(__file__).parents[2]
CLAIMS = """# Claims

Counts.

| paper | all |
| --- | --- |
| arnstein2025 | 56 |

## The paper

| quantity | verdict |
| --- | --- |
| E < 0 & A[n] | **differs** |
"""


@pytest.fixture
def report(tmp_path):
    Figure(figsize=(7, 3)).savefig(tmp_path / "figure.png", dpi=300)
    (tmp_path / "table.md").write_text(
        "# Table\n\n## atoms\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n"
    )
    caption = "**Figure 1 of paper A.** From ``a.parquet``."
    items = [
        Item("fig1", caption, [tmp_path / "figure.png"], [tmp_path / "sub/a.parquet"]),
        Item("table", "**A table**, ours.", [tmp_path / "table.md"], [tmp_path / "../b.csv"]),
    ]
    run = Run({"seed": 7, "size": {"M": 5}}, {"seed": 7, "size": {"M": 50}}, "2 jobs.")
    return render_report({"Claims": [], "Paper A": items}, CLAIMS, run, tmp_path)


def test_the_report_holds_what_it_was_given(report):
    for part in (
        '<h3>Figure 1</h3>\n<div class="images">',
        '<img src="data:image/png;base64,iVBORw0KGgo',
        'width="875"',
        '<a href="sub/a.parquet"><code>sub/a.parquet</code></a>',
        '<a href="../b.csv">',
        '<a href="table.md">',
        "<h4>atoms</h4>",
        "<td>arnstein2025</td>",
        "<summary>The paper</summary>",
        "<td>E &lt; 0 &amp; A[n]</td>",
        "<td><code>size.M</code></td><td>50</td><td>5</td>",
        "2 jobs.",
        "Python 3.",
        "numpy ",
        "seed: 7",
    ):
        assert part in report, part


def test_the_report_needs_nothing_else(report):
    assert "<script" not in report
    assert "http" not in report.replace("http-equiv", "")
    assert set(re.findall(r"src=\"(data:image/png)?", report)) == {"data:image/png"}
    anchors = set(re.findall(r'href="#([^"]+)"', report))
    assert {"run", "chapter-claims", "chapter-paper-a", "fig1", "every-claim", "config"} <= anchors
    # The cost is a table of the study's report.
    assert anchors - {"cost"} <= set(re.findall(r'id="([^"]+)"', report))


def test_a_caption_cannot_bring_in_other_files_or_html(tmp_path):
    (tmp_path / "secret").write_text("secret")
    for directive in (f".. include:: {tmp_path}/secret", ".. raw:: html\n\n  <script>"):
        with pytest.raises(SystemMessage, match="disabled"):
            caption_to_html(f"**A**\n\n{directive}")
    assert "&lt;script&gt;" in caption_to_html("**A** <script>")
    assert "&lt;script&gt;" in markdown_to_html("a <script> b")


def test_titles_come_from_the_bold_words():
    assert caption_title("**Figure 8 of paper A**, here for all") == "Figure 8"
    assert caption_title("**Does it\nhold?** (this study)") == "Does it hold?"
    with pytest.raises(InputError, match=r'"Measured over.*" has no title'):
        caption_title("Measured over published")
    for path in (REPOSITORY / "workflow/report").glob("*.rst"):
        assert caption_title(path.read_text()), path
        assert caption_to_html(path.read_text()), path


def test_a_file_that_is_no_png_is_refused_by_name(tmp_path):
    (tmp_path / "figure.png").write_text("no")
    item = Item("fig1", "**Figure**", [tmp_path / "figure.png"], [])
    with pytest.raises(InputError, match=r"figure\.png is not a PNG file"):
        render_report({"Claims": [item]}, CLAIMS, Run({"seed": 1}, {}, ""), tmp_path)


def test_changed_keys_are_named_with_both_values():
    published = {"a": {"b": 1, "c": [1, 2]}, "d": True}
    used = {"a": {"b": 1, "c": [3]}, "d": False, "e": {"f": None}}
    assert changed_keys(published, published) == []
    assert changed_keys(published, used) == [
        ("a.c", "[1, 2]", "[3]"),
        ("d", "true", "false"),
        ("e", "-", "{f: null}"),
    ]


def test_the_data_dictionary_is_that_of_the_schemas():
    assert (REPOSITORY / "results/README.md").read_text() == data_dictionary()


def test_every_schema_is_in_the_data_dictionary():
    known = {content.name for _, content in FILES if isinstance(content, TableSchema)}
    found = set()
    for module in pkgutil.walk_packages(hkmaps.__path__, "hkmaps."):
        names = vars(importlib.import_module(module.name)).values()
        found |= {value.name for value in names if isinstance(value, TableSchema)}
    assert len(found) > 25
    assert found == known


@pytest.mark.parametrize(
    ("path", "table"),
    [
        ("model_systems/convergence.parquet", "convergence"),
        ("model_systems/ions.parquet", "model systems"),
        ("molecules/ethane/300+350K/geometries.parquet", "geometries"),
        ("molecules/H2/geometries.parquet", None),
        ("molecules/H2/drawn/geometries.parquet", "geometries"),
        ("maps/ethane/300K/errors.parquet", "map errors"),
        ("maps/ethane/draw1/300K/errors.parquet", "map errors"),
        ("maps/ethane/300K/other.parquet", None),
        ("cost.parquet.old", None),
    ],
)
def test_paths_lead_to_their_table(path, table):
    schema = schema_of(path)
    assert (schema and schema.name) == table
