"""What the study says of itself: its cost, its report in a browser, its data dictionary."""

import re
from pathlib import Path

import chromium
import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest

from hkmaps.reporting.claims import CLAIMS
from hkmaps.reporting.cost import COST
from hkmaps.reporting.data_dictionary import schema_of
from hkmaps.run.costs import KeptCosts
from hkmaps.tables import read_table

needs_chromium = pytest.mark.skipif(
    chromium.PROGRAM is None, reason="Chromium is not installed; the report is not opened."
)
WIDTHS = (380, 1400)
# Of an element in the window, how far the page is scrolled, and how far it can be.
POSITION = """(() => {
    const box = document.querySelector('ANCHOR').getBoundingClientRect();
    const root = document.documentElement;
    return [box.top, box.bottom, root.scrollTop, root.scrollHeight - root.clientHeight];
})()"""


@pytest.fixture(scope="module", params=WIDTHS)
def page(finished, request, tmp_path_factory):
    profile = tmp_path_factory.mktemp("chromium")
    with chromium.Page(finished / "results/report.html", profile) as page:
        page.resize(request.param)
        yield page


@needs_chromium
def test_the_report_opens_from_disk_alone_and_without_a_complaint(page):
    assert page.messages == []
    assert page.evaluate("document.scripts.length") == 0


@needs_chromium
def test_every_figure_is_visible(page, finished):
    images = page.evaluate(
        """Promise.all([...document.images].map(image => image.decode())).then(() =>
        [...document.images].map(image => { const box = image.getBoundingClientRect();
        return [image.naturalWidth, box.width, box.height, box.right] }))"""
    )
    assert len(images) == len(list((finished / "results/figures").glob("*.png")))
    window = page.evaluate("window.innerWidth")
    for natural, width, height, right in images:
        assert natural > 0
        assert min(width, height) > 100
        assert right <= window


@needs_chromium
def test_the_contents_lead_to_every_chapter_figure_and_table(page):
    anchors = page.evaluate(
        "[...document.querySelectorAll('nav a')].map(link => link.getAttribute('href'))"
    )
    assert len(anchors) == len(set(anchors)) > 40
    assert {"#chapter-paper-a", "#arnstein_fig10", "#table1", "#cost", "#every-claim"} <= set(
        anchors
    )
    for anchor in anchors:
        page.evaluate(f"document.querySelector('nav a[href=\"{anchor}\"]').click()")
        top, bottom, scrolled, last = page.evaluate(POSITION.replace("ANCHOR", anchor))
        assert page.evaluate("location.hash") == anchor
        # At the top of the window, or as near to it as the end of the page allows.
        assert abs(top) <= 20 or (abs(scrolled - last) <= 1 and bottom > 0), anchor


@needs_chromium
def test_the_page_does_not_scroll_sideways(page):
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    width, window = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert width <= window


def test_the_report_links_to_tables_that_are_there(finished):
    report = finished / "results/report.html"
    text = report.read_text()
    links = {link for link in re.findall(r'href="([^"]+)"', text) if not link.startswith("#")}
    assert {"claims.parquet", "model_systems/atoms.parquet", "../config/published.csv"} <= links
    for link in links:
        assert (report.parent / link).is_file(), link
    tables = {path.name for path in (finished / "results/tables").glob("*.md")}
    assert tables == {Path(link).name for link in links if link.startswith("tables/")} & tables
    assert report.stat().st_size < 20e6


def test_the_locale_does_not_matter(copy, monkeypatch):
    """Neither for the report, whose captions have letters beyond ASCII, nor for a table in text."""
    rules = ("study_report", "bogojeski_table1")
    made = ("results/report.html", "results/tables/bogojeski_table1.md")

    def texts():
        # All but when the report was made.
        read = [(copy / path).read_bytes() for path in made]
        return [re.sub(rb"<dt>made</dt>.*", b"", text) for text in read]

    before = texts()
    for name, value in {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}.items():
        monkeypatch.setenv(name, value)
    run = copy.run(*made, options=("--allowed-rules", *rules, "--forcerun", *rules))
    assert run.returncode == 0, run.stdout + run.stderr
    assert texts() == before
    assert not any(text.isascii() for text in before)


def test_the_cost_has_every_job_of_the_study_and_no_other(finished):
    folder = finished / "results/benchmarks"
    later = {"cost", "study_cost", "study_report"}
    files = [path for path in folder.rglob("*.tsv") if path.stem not in later]
    cost = read_table(finished / "results/cost.parquet", COST)
    assert len(cost) == len(files) > 100
    assert not cost["seconds"].isna().any()
    assert not cost.duplicated(["rule", "job"]).any()
    assert cost["max_rss"].max() > 1e8
    text = (finished / "results/tables/cost.md").read_text()
    assert all(f"| {step} |" in text for step in cost["step"].unique())


def test_benchmarks_of_jobs_that_are_gone_do_not_count(copy):
    before = read_table(copy / "results/cost.parquet", COST)
    benchmarks = copy / "results/benchmarks/repeats"
    stale = (benchmarks / "atoms_n.tsv").read_bytes()
    (benchmarks / "molecules_n.tsv").write_bytes(stale)
    (benchmarks / "atoms_n.tsv").unlink()
    assert copy.rules_to_run() == set()
    (copy / "results/cost.parquet").unlink()
    run = copy.run("results/cost.parquet")
    assert run.returncode == 0, run.stderr
    after = read_table(copy / "results/cost.parquet", COST)
    assert list(after["job"]) == list(before["job"])
    unmeasured = after[after["seconds"].isna()]
    assert unmeasured[["rule", "job"]].to_numpy().tolist() == [["repeats_n", "data_set=atoms"]]
    assert "1 were not measured" in (copy / "results/tables/cost.md").read_text()


def test_every_table_of_a_run_is_in_the_data_dictionary(finished):
    results = finished / "results"
    tables = [path.relative_to(results) for path in results.rglob("*.parquet")]
    assert len(tables) > 100
    for path in tables:
        schema = schema_of(path)
        assert schema is not None, path
        read_table(results / path, schema)
        assert schema.name in pq.read_schema(results / path).metadata[b"hkmaps"].decode(), path


def test_another_program_reads_the_tables(finished):
    claims = finished / "results/claims.parquet"
    counted = duckdb.sql(f"select verdict, count(*) from '{claims}' group by verdict").fetchall()
    assert dict(counted) == read_table(claims, CLAIMS)["verdict"].value_counts().to_dict()
    atoms = finished / "results/model_systems/atoms.parquet"
    ((area, points),) = duckdb.sql(
        f"select max(list_sum(density)), max(len(density)) from '{atoms}'"
    ).fetchall()
    frame = read_table(atoms, schema_of("model_systems/atoms.parquet"))
    assert area == pytest.approx(max(values.sum() for values in frame["density"]), rel=1e-12)
    assert points == len(frame["density"][0])


@pytest.mark.parametrize(
    ("paper", "names"),
    [("a", ["arnstein2025"]), ("b", ["bogojeski2018", "brockherde2017"])],
)
def test_a_paper_alone_has_its_claims_and_its_report(copy, paper, names):
    run = copy.run(f"paper_{paper}")
    assert run.returncode == 0, run.stdout + run.stderr
    # All else is there.
    rules = set(re.findall(r"^(?:local)?rule (\w+):$", run.stderr, re.MULTILINE))
    assert rules == {f"paper_{paper}{part}" for part in ("", "_claims", "_cost", "_report")}
    folder = copy / f"results/paper_{paper}"
    claims = read_table(folder / "claims.parquet", CLAIMS)
    everything = read_table(copy / "results/claims.parquet", CLAIMS)
    expected = everything[everything["paper"].isin(names)].reset_index(drop=True)
    pd.testing.assert_frame_equal(claims, expected)
    text = (folder / "report.html").read_text()
    chapters = re.findall(r'id="chapter-([\w-]+)"', text)
    assert chapters == ["claims", f"paper-{paper}"]
    whole = read_table(copy / "results/cost.parquet", COST)
    assert 0 < len(read_table(folder / "cost.parquet", COST)) < len(whole)


def test_costs_are_kept_for_every_rule_of_the_study(copy):
    run = copy.run("results/costs.csv")
    assert run.returncode == 0, run.stdout + run.stderr
    costs = KeptCosts.read(copy / "results/costs.csv")
    cost = read_table(copy / "results/cost.parquet", COST)
    assert set(costs.rows) == set(cost["rule"])
    assert set(costs.rows["solve_systems"]) >= {"data_set=atoms", "data_set=diatomics"}
