"""Bad input ends with one clear sentence and exit code not 0, and nothing computed is lost."""

import pytest

ATOMS = "results/model_systems/atoms.parquet"


def atoms(**settings):
    return {"model_systems": {"data_sets": {"atoms": settings}}}


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ({"sed": 3}, "The config key sed is unknown"),
        (atoms(family="ion"), "There is no potential family 'ion'; the known families are atom"),
        (
            atoms(parameters={"alpha": {"start": -0.2}}),
            "The parameter alpha of the family 'atom' is -0.2; it must be a finite number greater",
        ),
        (
            {
                "molecules": {"systems": {"He2": {"geometries": 9, "test": 3}}},
                "maps": {"molecules": {"training_points": {"He2": [5]}}},
            },
            "He2",
        ),
        (atoms(grid={"length": 1, "density": 5}), "model_systems.data_sets.atoms: "),
    ],
)
def test_a_wrong_config_stops_before_anything_runs(checkout, override, sentence):
    run = checkout.run(override=override)
    assert run.returncode != 0
    assert sentence in run.stdout + run.stderr
    assert "Traceback" not in run.stdout + run.stderr


def test_a_grid_that_misses_the_threshold_stops_the_run_and_says_where(copy):
    chunks = sorted((copy / "results/model_systems/chunks").iterdir())
    run = copy.run(ATOMS, override={"model_systems": {"accept_unconverged": ["diatomics"]}})
    assert run.returncode != 0
    assert "The grid of the data set atoms is not converged: " in run.stderr
    assert "adding atoms to model_systems.accept_unconverged" in run.stderr
    assert sorted((copy / "results/model_systems/chunks").iterdir()) == chunks
    assert "Z=0.5" in (copy / "logs/data_set/atoms.log").read_text()


def test_a_batch_larger_than_the_training_set_is_refused_where_asked(copy):
    run = copy.run(
        "results/networks/atoms/E-n/predictions.parquet",
        override={"networks": {"oversized_batches": "refuse"}},
    )
    assert run.returncode != 0
    assert "The batch size 50 is larger than the training set of 16 samples" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_truncated_table_is_named(copy):
    path = copy / ATOMS
    path.write_bytes(path.read_bytes()[:-100])
    run = copy.run("results/conditioning/atoms.parquet", options=("--forcerun", "pairs"))
    assert run.returncode != 0
    assert f"{ATOMS} should hold the table model systems but cannot be read" in run.stderr
    assert "Traceback" not in run.stderr
