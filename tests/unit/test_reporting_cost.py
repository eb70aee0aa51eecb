"""What jobs cost, from files as Snakemake writes them."""

import pandas as pd
import pytest

from hkmaps.errors import InputError
from hkmaps.reporting.cost import (
    COST,
    cost_by_step,
    cost_markdown,
    cost_summary,
    duration,
    gather_cost,
)
from hkmaps.reporting.figures.cost import study_cost
from hkmaps.tables import read_table, write_table

HEADER = "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time\n"
LONG = "7200.0\t2:00:00\t512.00\t1\t1\t1\t2.00\t0.50\t97.20\t6998.50\n"
SHORT = "0.4\t0:00:00\tNA\tNA\tNA\tNA\tNA\tNA\tNA\tNA\n"


@pytest.fixture
def cost(tmp_path):
    (tmp_path / "long.tsv").write_text(HEADER + LONG)
    (tmp_path / "short.tsv").write_text(HEADER + SHORT)
    jobs = [
        ("figures", "arnstein_fig01", "", tmp_path / "short.tsv"),
        ("repeats", "repeats", "functional=E-n", tmp_path / "long.tsv"),
        ("repeats", "repeats", "functional=T-n", tmp_path / "never.tsv"),
    ]
    return gather_cost(jobs)


def test_every_job_has_a_row_in_declared_units(cost, tmp_path):
    write_table(cost, tmp_path / "cost.parquet", COST)
    rows = read_table(tmp_path / "cost.parquet", COST)
    assert list(rows["job"]) == ["", "functional=E-n", "functional=T-n"]
    short, long, never = rows.to_dict("records")
    assert (short["seconds"], long["seconds"], long["cpu_seconds"]) == (0.4, 7200, 6998.5)
    assert (long["max_rss"], long["read"], long["written"]) == (512 * 2**20, 2**21, 2**19)
    assert pd.isna([short["cpu_seconds"], short["max_rss"], never["seconds"]]).all()


def test_a_time_between_which_the_clock_was_set_back_counts_as_not_measured(tmp_path):
    (tmp_path / "jumped.tsv").write_text(HEADER + LONG.replace("7200.0", "-3592.5"))
    (row,) = gather_cost([("pairs", "pairs", "", tmp_path / "jumped.tsv")]).to_dict("records")
    assert pd.isna(row["seconds"]) and row["cpu_seconds"] == 6998.5


def test_steps_are_summed_up_with_what_was_not_measured(cost):
    repeats, figures = cost_by_step(cost).to_dict("records")
    assert (repeats["step"], repeats["jobs"], repeats["measured"]) == ("repeats", 2, 1)
    assert (repeats["core_hours"], repeats["longest"]) == (2, 7200)
    assert figures["core_hours"] == pytest.approx(0.4 / 3600)
    assert "| repeats | 2 | 2 | 1.9 | 2 h | 512 |" in cost_markdown(cost)
    assert cost_summary(cost) == (
        "3 jobs of one core each: 2 core-hours (1.9 h on a processor), the longest job 2 h,"
        " at most 512 MiB of memory; 1 were not measured."
    )


def test_a_study_of_which_nothing_was_measured_says_so(tmp_path):
    nothing = gather_cost([("claims", "claims", "", tmp_path / "never.tsv")])
    assert "1 were not measured" in cost_markdown(nothing)
    write_table(nothing, tmp_path / "cost.parquet", COST)


@pytest.mark.parametrize(
    "text", ["", HEADER, HEADER + LONG + LONG, "s\n1.0\n", HEADER + "1.0\t0:0"]
)
def test_a_file_that_is_no_benchmark_is_refused_by_name(tmp_path, text):
    (tmp_path / "broken.tsv").write_text(text)
    with pytest.raises(InputError, match=r"broken\.tsv .* Delete it to do without it\."):
        gather_cost([("claims", "claims", "", tmp_path / "broken.tsv")])


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.44, "0.44 s"), (59, "59 s"), (90, "1.5 min"), (5400, "1.5 h")]
)
def test_durations_are_for_people(seconds, text):
    assert duration(seconds) == text


def test_the_figure_shows_every_measured_step(cost):
    hours, memory = study_cost(cost).axes
    assert [label.get_text() for label in hours.get_yticklabels()] == ["repeats (2)", "figures (1)"]
    assert list(hours.get_lines()[0].get_xdata()) == pytest.approx([2, 0.4 / 3600])
    assert memory.get_lines()[0].get_xdata()[0] == 512
