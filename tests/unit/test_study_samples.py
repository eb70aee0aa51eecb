"""Samples of a study: their sizes and chunks, the runs behind them, what is known of them."""

import pytest
from study_configs import OWN, PUBLISHED, merged, nested

from hkmaps.errors import InputError
from hkmaps.study import check_study
from hkmaps.study.samples import Run, Samples


def samples_of(*overrides):
    return Samples(check_study(merged(*overrides), PUBLISHED))


def own(samples, **maps):
    """The samples of a molecule of one's own that has these, a pool and a test set among them."""
    entry = OWN | {"samples": samples, "maps": OWN["maps"] | maps}
    found = samples_of({"molecules": {"own": entry}})
    return found, {sample.key: sample for sample in found.by_name.values() if sample.owner == "own"}


def files(**known):
    return {"files": {"geometries": "own.extxyz"} | known}


PULL = {"dynamics": "xtb", "temperatures": [350]}
HELD = {"dynamics": "xtb", "temperatures": [300], "snapshots": 120}


def test_each_sample_has_its_source_and_size():
    _, found = own(
        {
            "train": PULL,
            "chosen": PULL | {"choose": 70},
            "test": HELD,
            "drawn": {
                "coordinates": [{"atoms": [0, 1], "low": 0.5, "high": 1.5}],
                "geometries": 51,
            },
            "modes": {"normal_modes": 300, "geometries": 50},
            "displaced": {"displacement": 0.05, "geometries": 40},
        }
    )
    assert {key: (sample.source, sample.size) for key, sample in found.items()} == {
        # A pool of dynamics has as many geometries as the largest training set.
        "train": ("dynamics", 300),
        "chosen": ("dynamics", 70),
        "test": ("dynamics", 120),
        "drawn": ("coordinates", 51),
        "modes": ("normal_modes", 50),
        "displaced": ("displacement", 40),
    }
    # What is chosen comes in the order of the choice; all else is taken as it comes.
    assert {key for key, sample in found.items() if sample.is_chosen} == {"train", "chosen"}


def test_geometries_are_divided_among_jobs():
    _, found = own(
        {
            "train": PULL,
            "test": HELD,
            "many": PULL | {"choose": 101},
            "few": {"displacement": 0.05, "geometries": 50},
        }
    )
    sizes = {
        key: [sample.chunk_size(chunk) for chunk in range(sample.chunks)]
        for key, sample in found.items()
    }
    assert sizes == {"train": [50] * 6, "test": [50, 50, 20], "many": [50, 50, 1], "few": [50]}
    assert found["test"].chunk_files("reference") == [
        f"results/molecules/own/test/chunks/reference_{chunk}.parquet" for chunk in range(3)
    ]


def test_geometries_of_the_ab_initio_trajectory_are_tested_on_in_the_order_of_time():
    sample = samples_of().by_name["malonaldehyde/ab_initio"]
    assert (sample.source, sample.size, sample.chunks) == ("trajectory", 200, 4)
    assert sample.is_calculated and sample.has_densities and not sample.is_chosen


KNOWN = {"energies": "file", "densities": "own.npy", "layout": {}}


@pytest.mark.parametrize(
    ("settings", "size", "chosen", "known", "calculated", "densities"),
    [
        (files(), 300, True, set(), True, True),
        (files() | {"choose": 80}, 80, True, set(), True, True),
        (files(energies="file"), None, False, {"energies"}, False, False),
        (files(energies="file") | {"choose": 90}, 90, True, {"energies"}, False, False),
        (
            files(energies="file", forces="file"),
            None,
            False,
            {"energies", "forces"},
            False,
            False,
        ),
        (files(**KNOWN), None, False, {"energies", "densities"}, False, True),
    ],
    ids=["geometries", "some of them", "energies", "some of these", "forces", "densities"],
)
def test_what_files_do_not_bring_is_calculated(
    settings, size, chosen, known, calculated, densities
):
    _, found = own({"train": PULL, "test": HELD, "mine": settings})
    sample = found["mine"]
    assert (sample.source, sample.size, sample.is_chosen) == ("files", size, chosen)
    assert (sample.known, sample.is_calculated, sample.has_densities) == (
        known,
        calculated,
        densities,
    )
    if size is None:
        assert (sample.chunks, sample.chunk_size(0)) == (1, None)


def test_pools_of_one_protocol_share_their_trajectories():
    found = samples_of().runs["ethane"]
    assert set(found) == {"300K", "350K", "400K", "test"}
    # The unit of the config is ps, but for the time step.
    assert found["300K"] == Run(
        "300K",
        "force_field",
        {
            "temperature": 300,
            "equilibration": 100_000.0,
            "length": 1_000_000.0,
            "interval": 100.0,
            "time_step": 1.0,
            "friction": 0.001,
        },
    )
    assert found["test"].protocol == found["300K"].protocol | {"length": 20_000.0}
    pool = samples_of().by_name["ethane/300+350K"]
    assert [run.name for run in pool.runs] == ["300K", "350K"]


def test_another_method_or_protocol_has_trajectories_of_its_own():
    samples = {
        "usual": PULL,
        "short": PULL | {"length": 40},
        "both": PULL | {"temperatures": [300, 350]},
        "test": HELD,
        "mixed": HELD | {"temperatures": [300, 400.5]},
    }
    found, _ = own(samples, pools=["usual", "short"])
    lengths = {name: run.protocol["length"] for name, run in found.runs["own"].items()}
    assert lengths == {
        "xtb-350K": 1_000_000.0,
        "xtb-300K": 1_000_000.0,
        "xtb-short-350K": 40_000.0,
        # 120 snapshots an interval of 0.1 ps apart, in equal parts from each temperature.
        "xtb-test": 12_000.0,
        "xtb-mixed-300K": 6_000.0,
        "xtb-mixed-400.5K": 6_000.0,
    }
    assert {run.method for run in found.runs["own"].values()} == {"xtb"}


def test_two_trajectories_of_one_name_are_refused():
    samples = {"a": PULL | {"length": 40}, "a-350K": HELD, "test": HELD}
    with pytest.raises(InputError, match=r"names a and a-350K, by which .* be called xtb-a-350K"):
        own(samples, pools=["a"])


def test_draws_have_trajectories_of_their_own_and_the_settings_of_their_molecule():
    found = samples_of(nested("draws.count", 2), nested("draws.size", 60))
    assert list(found.draws) == ["ethane/draw1", "ethane/draw2"]
    assert found.owners["ethane/draw2"] == {"pools": ["300+350K"], "test": "test", "sizes": [60]}
    drawn = {sample.key: sample for sample in found.by_name.values() if "draw2" in sample.owner}
    assert {key: (sample.size, sample.molecule) for key, sample in drawn.items()} == {
        "300+350K": (60, "ethane"),
        "test": (50, "ethane"),
    }
    assert drawn["test"].name == "ethane/draw2/test"
    assert set(found.runs["ethane/draw2"]) == {"300K", "350K", "test"}
    assert found.runs["ethane/draw2"]["test"].protocol["length"] == 5_000.0


def test_each_reading_of_the_friction_has_runs_and_a_sample_of_what_they_visit():
    found = samples_of()
    printed, ase = found.rounds.printed_runs
    assert printed.key == ("malonaldehyde/300+350K", "hohenberg_kohn", "printed")
    assert printed.temperatures == (300,) * 20
    assert (printed.protocol["friction"], ase.protocol["friction"]) == (0.41341, 0.00098227)
    driven = found.by_name["malonaldehyde/300+350K-driven-printed"]
    assert (driven.source, driven.size, driven.runs) == ("driven", 200, ())
    assert driven.is_calculated and not driven.is_chosen and not driven.has_forces(0)


def test_rounds_of_learning_add_to_the_beginning_of_a_pool():
    found = samples_of()
    folder = "results/molecules/ethane/300+350K"
    second = found.by_name["ethane/300+350K-round2"]
    # The first 200 geometries of the pool, in its own chunks, and what two rounds add.
    assert second.chunk_files("reference") == [
        *(f"{folder}/chunks/reference_{chunk}.parquet" for chunk in range(4)),
        f"{folder}-added1/chunks/reference_0.parquet",
        f"{folder}-added2/chunks/reference_0.parquet",
    ]
    assert all(map(second.has_forces, range(second.chunks))) and second.has_densities
    assert found.by_name["ethane/300+350K-added2"].has_forces(0)
    assert found.rounds.last_pool("ethane") == second.name
    learning = found.rounds.runs["ethane/300+350K-round1", "kohn_sham_forces", "learning"]
    assert learning.temperatures == (300,) * 4 + (400,) * 4
    assert learning.protocol["length"] == 10_000
    # The last map is tested, and nothing is learnt from it.
    assert (second.name, "kohn_sham_forces", "learning") not in found.rounds.runs
    assert (second.name, "kohn_sham_forces", "stability") in found.rounds.runs
    assert found.by_name["ethane/300+350K-driven"].settings["driven"].pool == second.name


def test_samples_are_found_by_source_and_properties():
    found = samples_of()
    assert [sample.name for sample in found.where("coordinates")] == ["H2/drawn", "H2O/drawn"]
    chosen = {sample.name for sample in found.where("dynamics", is_chosen=True)}
    assert {"benzene/300K", "ethane/draw3/300+350K"} <= chosen
    assert not any(name.endswith("test") for name in chosen)
