import numpy as np

from hkmaps.seeds import random_stream, stream_seed


def test_a_stream_depends_on_seed_and_names_alone():
    first = random_stream(1, "atoms", "E-n", 3).random(4)
    random_stream(1, "something else").random(100)
    assert np.array_equal(first, random_stream(1, "atoms", "E-n", 3).random(4))


def test_streams_differ_by_seed_name_type_and_grouping():
    names = [(1, "ab", "c"), (1, "a", "bc"), (2, "ab", "c"), (1, "ab", "c", 1), (1, "ab", "c", "1")]
    seeds = {stream_seed(*name) for name in names}
    assert len(seeds) == len(names)
    assert all(0 <= seed < 2**63 for seed in seeds)
