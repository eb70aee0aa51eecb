import pytest
from molecule_tables import drawn, sample_data

from hkmaps.kept_rows import KeptRows
from hkmaps.maps.map_errors import map_errors


def refused():
    raise AssertionError("made again")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "errors.parts"


def begun(path, identity="of this pool"):
    """A job that ended with an error after two parts."""
    with pytest.raises(ZeroDivisionError), KeptRows(path, identity) as kept:
        kept.of("first", lambda: [{"mae": 1 / 3}])
        kept.of("second", lambda: [{"mae": float("nan"), "at_edge": None}])
        kept.of("third", lambda: 1 / 0)


def test_what_is_finished_is_not_made_again(path):
    begun(path)
    with KeptRows(path, "of this pool") as kept:
        assert kept.of("first", refused) == [{"mae": 1 / 3}]
        assert kept.of("second", refused)[0]["at_edge"] is None
        assert kept.of("third", lambda: [{"mae": 3}]) == [{"mae": 3}]
    assert not path.exists()


def test_parts_of_something_else_count_for_nothing(path):
    begun(path)
    with KeptRows(path, "of another pool") as kept:
        assert kept.of("first", lambda: [{"mae": 2}]) == [{"mae": 2}]


@pytest.mark.parametrize("lost", [1, 2, 10, 40])
def test_a_line_that_was_cut_off_is_made_again(path, lost):
    begun(path)
    path.write_text(path.read_text()[:-lost])
    with pytest.raises(ZeroDivisionError), KeptRows(path, "of this pool") as kept:
        assert kept.of("first", refused) == [{"mae": 1 / 3}]
        assert kept.of("second", lambda: [{"mae": 2}]) == [{"mae": 2}]
        kept.of("third", lambda: 1 / 0)
    with KeptRows(path, "of this pool") as kept:
        assert kept.of("second", refused) == [{"mae": 2}]


def test_errors_of_a_killed_job_are_those_of_one_that_was_not(path):
    pool = sample_data("H2O", 40, seed=1, sample="300K")
    test = sample_data("H2O", 15, seed=2, sample="test", subspace=pool.subspace)
    arguments = pool, test, [10, 40], drawn, 7
    whole = map_errors(*arguments)
    parts = []

    def killed(part, make):
        parts.append(part)
        if len(parts) == 3:
            raise KeyboardInterrupt
        return kept.of(part, make)

    with pytest.raises(KeyboardInterrupt), KeptRows(path, pool.digest) as kept:
        map_errors(*arguments, kept=killed)
    with KeptRows(path, pool.digest) as kept:
        assert [kept.of(part, refused) for part in parts[:2]]
        resumed = map_errors(*arguments, kept=kept.of)
    assert resumed.equals(whole)


def test_a_pool_is_told_from_another_by_its_digest():
    pool = sample_data("H2O", 20, seed=1)
    assert pool.digest == sample_data("H2O", 20, seed=1).digest
    assert pool.digest != sample_data("H2O", 20, seed=2).digest
    assert pool.digest != pool.rows(slice(0, 19)).digest
