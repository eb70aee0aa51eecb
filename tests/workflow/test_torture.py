"""A run that is killed again and again ends with the results of one that was not.

`python tests/workflow/torture.py --kills 100` does the same for longer.
"""

import random

import pytest
from torture import LIMIT, TARGETS, Report, Round, compare, undisturbed

from hkmaps.errors import InputError

CHUNK = "molecules/H2/drawn/chunks/reference_*.parquet"
PART_OF_A_SEARCH = "networks/atoms/E-n/work/*/grid_search.parquet"
SEED = 5


@pytest.fixture(scope="module")
def report():
    return Report()


@pytest.fixture(scope="module")
def whole(report, tmp_path_factory):
    """A study that nothing disturbed."""
    return undisturbed(tmp_path_factory.mktemp("undisturbed") / "study", report)


@pytest.fixture(scope="module")
def killed(report, whole, tmp_path_factory):
    """A study that was killed between chunks, within a job and at random, and ended."""
    study = Round(tmp_path_factory.mktemp("killed") / "study", report)
    for when in (CHUNK, PART_OF_A_SEARCH):
        assert not study.run(LIMIT, when=when)
    moments = random.Random(SEED)
    while report.kills < 3 and not study.run(moments.uniform(0, report.undisturbed_seconds / 3)):
        pass
    while not study.run(LIMIT):
        pass
    return study


def test_its_tables_are_those_of_an_undisturbed_run(report, whole, killed):
    compare(whole, killed.study, report)
    assert report.compared > len(TARGETS)


def test_every_kill_left_whole_files_and_the_finished_parts_of_a_job(report, killed):
    assert report.kills >= 2
    assert report.parts_kept > 0 and report.files_read > 0
    # What was finished was started once, which `Round` watches; what was killed, once more.
    assert report.started > report.jobs


def test_what_is_not_whole_or_made_again_would_be_noticed(killed):
    path = killed.study / TARGETS[0]
    content = path.read_bytes()
    path.write_bytes(content[:-1])
    with pytest.raises(InputError, match="is damaged"):
        killed.expect_whole()
    path.write_bytes(content)
    killed.expect_whole()
    with pytest.raises(AssertionError, match="was made again"):
        killed.expect_kept()
