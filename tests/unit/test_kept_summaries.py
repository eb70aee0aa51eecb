"""Summaries of code are kept between processes, and nothing depends on that."""

import pytest

from hkmaps.kept_summaries import CodeSummary, KeptSummaries

FOUND = CodeSummary("abc", frozenset({"hkmaps.units", "hkmaps.tables"}))


def never():
    raise AssertionError("it was kept")


def test_what_was_written_is_not_made_again(tmp_path):
    first = KeptSummaries(b"1", tmp_path)
    assert first.of(b"x = 1", "hkmaps", lambda: FOUND) == FOUND
    first.write()
    assert KeptSummaries(b"1", tmp_path).of(b"x = 1", "hkmaps", never) == FOUND


@pytest.mark.parametrize(
    ("maker", "source", "package"),
    [(b"2", b"x = 1", "hkmaps"), (b"1", b"x = 2", "hkmaps"), (b"1", b"x = 1", "hkmaps.maps")],
    ids=["other code that summarises", "another text", "another package"],
)
def test_nothing_else_is_taken_for_it(tmp_path, maker, source, package):
    first = KeptSummaries(b"1", tmp_path)
    first.of(b"x = 1", "hkmaps", lambda: FOUND)
    first.write()
    other = CodeSummary("def", frozenset())
    assert KeptSummaries(maker, tmp_path).of(source, package, lambda: other) == other


def test_two_processes_keep_what_both_found(tmp_path):
    processes = [KeptSummaries(b"1", tmp_path), KeptSummaries(b"1", tmp_path)]
    for number, kept in enumerate(processes):
        kept.of(b"%d" % number, "hkmaps", lambda: FOUND)
    for kept in processes:
        kept.write()
    later = KeptSummaries(b"1", tmp_path)
    assert [later.of(b"%d" % number, "hkmaps", never) for number in (0, 1)] == [FOUND, FOUND]


@pytest.mark.parametrize("text", ["", "[1, 2]", '{"key": 3}', '{"key": ["abc"]}', "\0"])
def test_a_damaged_file_is_made_again(tmp_path, text):
    kept = KeptSummaries(b"1", tmp_path)
    kept.path.write_text(text)
    assert kept.of(b"x = 1", "hkmaps", lambda: FOUND) == FOUND
    kept.write()
    assert KeptSummaries(b"1", tmp_path).of(b"x = 1", "hkmaps", never) == FOUND


def test_without_a_folder_nothing_is_kept(tmp_path):
    (tmp_path / "file").write_text("")
    kept = KeptSummaries(b"1", tmp_path / "file")
    assert kept.of(b"x = 1", "hkmaps", lambda: FOUND) == FOUND
    kept.write()
