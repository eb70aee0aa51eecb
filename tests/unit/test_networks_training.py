"""Update steps, epochs, batches, checkpoints: what training does, and survives."""

import signal
import subprocess
import sys
import textwrap
from unittest.mock import Mock

import numpy as np
import pandas as pd
import pytest
import torch

from hkmaps.errors import InputError
from hkmaps.networks.cnn import Architecture
from hkmaps.networks.data import EnsembleBatches, SampledFunctions, full_batch, validation_split
from hkmaps.networks.ensemble import EnsembleTraining
from hkmaps.networks.hyperparameters import grid_search
from hkmaps.networks.repeats import train_repeats
from hkmaps.networks.trained import TrainedFunctional
from hkmaps.networks.training import Member, TrainingPlan, train_ensemble

SMALL = Architecture(filters=(2,), kernel_sizes=(3,), neurons=(5,))
INPUTS = np.random.default_rng(0).random((23, 12))
TARGETS = INPUTS.sum(axis=1)


def plan(**settings) -> TrainingPlan:
    members = tuple(Member(("test", i), 0.01) for i in range(3))
    defaults = {"seed": 1, "members": members, "batch_size": 5, "steps": 14}
    return TrainingPlan(**{**defaults, "architecture": SMALL, **settings})


def weights(trained: EnsembleTraining) -> bytes:
    return b"".join(tensor.numpy().tobytes() for tensor in trained.state_dict().values())


@pytest.fixture
def counted_steps(monkeypatch) -> list:
    """Batches that were trained on, in order."""
    batches = []
    original = EnsembleTraining.training_step

    def training_step(self, batch, index):
        batches.append(batch)
        return original(self, batch, index)

    monkeypatch.setattr(EnsembleTraining, "training_step", training_step)
    return batches


def test_steps_are_counted_literally_and_epochs_end_with_the_last_full_batch(counted_steps):
    train_ensemble(plan(), SampledFunctions(INPUTS, TARGETS))
    assert [tuple(inputs.shape) for inputs, _ in counted_steps] == [(3, 5, 12)] * 14
    # 23 samples make four full batches of 5; within an epoch no sample comes twice.
    epochs = [torch.cat([y for _, y in counted_steps[i : i + 4]], dim=1) for i in (0, 4, 8)]
    for epoch in epochs:
        assert all(len(member.unique()) == 20 for member in epoch)
    assert not torch.equal(epochs[0], epochs[1])
    assert not torch.equal(epochs[0][0], epochs[0][1])


def test_batches_depend_on_names_and_epoch_only():
    batches = EnsembleBatches(10, 4, 1, [("a", 0), ("a", 1)], epoch=lambda: 3)
    first = list(batches)
    other = list(EnsembleBatches(10, 4, 1, [("a", 1)], epoch=lambda: 3))
    assert all(torch.equal(x[1], y[0]) for x, y in zip(first, other, strict=True))
    assert len(first) == len(batches) == 2


def test_killed_training_resumes_at_the_same_bits(tmp_path):
    script = f"""
        import os, signal, sys
        sys.path.insert(0, {str(__file__.rpartition("/")[0])!r})
        from test_networks_training import *
        from hkmaps.networks import training
        training.STEPS_PER_CHECKPOINT = 4
        original = EnsembleTraining.training_step
        def training_step(self, batch, index):
            if self.trainer.global_step == 10:
                os.kill(os.getpid(), signal.SIGKILL)
            return original(self, batch, index)
        EnsembleTraining.training_step = training_step
        samples = SampledFunctions(INPUTS, TARGETS)
        train_ensemble(plan(), samples, samples, folder={str(tmp_path)!r})
    """
    killed = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=False)
    assert killed.returncode == -signal.SIGKILL
    messages = []
    samples = SampledFunctions(INPUTS, TARGETS)
    resumed = train_ensemble(plan(), samples, samples, folder=tmp_path, progress=messages.append)
    assert "resuming" in messages[0]
    assert weights(resumed) == weights(train_ensemble(plan(), samples, samples))


def test_training_goes_on_from_its_checkpoint_and_not_from_the_start(
    tmp_path, monkeypatch, counted_steps
):
    monkeypatch.setattr("hkmaps.networks.training.STEPS_PER_CHECKPOINT", 4)
    samples = SampledFunctions(INPUTS, TARGETS)
    train_ensemble(plan(), samples, folder=tmp_path)
    before = len(counted_steps)
    train_ensemble(plan(), samples, folder=tmp_path)
    assert before == 14
    assert len(counted_steps) - before <= 4


def test_metrics_hold_the_errors_of_every_member(tmp_path):
    samples = SampledFunctions(INPUTS, TARGETS)
    trained = train_ensemble(plan(), samples, samples, folder=tmp_path)
    metrics = pd.read_csv(tmp_path / "metrics" / "version_0" / "metrics.csv")
    complete = metrics[metrics.step.isin([4, 8, 12])]
    assert len(complete) == 3
    lowest = complete[[f"validation_mse_{i}" for i in range(3)]].min().to_numpy()
    np.testing.assert_allclose(lowest, trained.minimum_validation_mse, rtol=1e-6)


REPEATS = {
    "points": np.linspace(0, 1, 12),
    "batch_size": 5,
    "steps": 12,
    "repeats": 2,
    "seed": 1,
    "data_set": "test",
    "functional": "E[n]",
    "architecture": SMALL,
}


def test_a_checkpoint_of_other_settings_or_data_is_not_used(tmp_path, monkeypatch, counted_steps):
    monkeypatch.setattr("hkmaps.networks.training.STEPS_PER_CHECKPOINT", 4)
    data = (INPUTS, TARGETS, INPUTS, TARGETS)
    # Killed after training, before anything is returned: the checkpoint stays.
    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(TrainedFunctional, "predict_repeats", Mock(side_effect=KeyboardInterrupt))
        train_repeats(*data, **REPEATS, learning_rate=0.01, work_folder=tmp_path)
    assert len(list(tmp_path.rglob("last.ckpt"))) == 1
    for changed, rate in ((data, 0.02), ((INPUTS, TARGETS + 1, INPUTS, TARGETS), 0.01)):
        fresh = train_repeats(*changed, **REPEATS, learning_rate=rate)[1]
        again = train_repeats(*changed, **REPEATS, learning_rate=rate, work_folder=tmp_path)[1]
        pd.testing.assert_frame_equal(fresh, again, check_exact=True)
    before = len(counted_steps)
    train_repeats(*data, **REPEATS, learning_rate=0.01, work_folder=tmp_path)
    assert len(counted_steps) == before
    assert not list(tmp_path.rglob("last.ckpt"))


def test_slurm_variables_do_not_break_training(monkeypatch):
    variables = {"JOB_ID": 7, "JOB_NAME": "hkmaps", "NTASKS": 8, "PROCID": 3, "LOCALID": 3}
    for name, value in variables.items():
        monkeypatch.setenv(f"SLURM_{name}", str(value))
    trained = train_ensemble(plan(steps=3), SampledFunctions(INPUTS, TARGETS))
    for name in variables:
        monkeypatch.delenv(f"SLURM_{name}")
    assert weights(trained) == weights(
        train_ensemble(plan(steps=3), SampledFunctions(INPUTS, TARGETS))
    )


def test_batches_larger_than_the_training_set(counted_steps):
    samples = SampledFunctions(INPUTS, TARGETS)
    with pytest.raises(InputError, match=r"100 .* 23 samples"):
        train_ensemble(plan(batch_size=100), samples)
    train_ensemble(plan(batch_size=100, oversized_batches="full", steps=2), samples)
    assert [tuple(inputs.shape) for inputs, _ in counted_steps] == [(3, 23, 12)] * 2
    with pytest.raises(InputError, match="at least 1"):
        full_batch(0, 23, "full")
    with pytest.raises(InputError, match="full or refuse"):
        full_batch(5, 23, "shrink")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"steps": 0}, "update steps is 0; it must be a whole number of at least 1"),
        ({"members": ()}, "no members"),
        ({"members": (Member(("a",), -0.1),)}, "must be a positive number"),
    ],
)
def test_plans_that_cannot_be_carried_out_are_refused(settings, message):
    with pytest.raises(InputError, match=message):
        plan(**settings)


def test_samples_that_are_not_finite_or_do_not_match_are_refused():
    with pytest.raises(InputError, match=r"holds nan at index \(2, 3\)"):
        inputs = INPUTS.copy()
        inputs[2, 3] = np.nan
        SampledFunctions(inputs, TARGETS)
    with pytest.raises(InputError, match="must be \\(samples, grid points\\)"):
        SampledFunctions(INPUTS, TARGETS[1:])


def test_the_validation_split_is_named_after_the_data_set():
    train, validate = validation_split(100, 0.2, 1, "atoms")
    assert (len(train), len(validate)) == (80, 20)
    assert sorted([*train, *validate]) == list(range(100))
    assert np.array_equal(validate, validation_split(100, 0.2, 1, "atoms")[1])
    assert not np.array_equal(validate, validation_split(100, 0.2, 1, "diatomics")[1])
    with pytest.raises(InputError, match="both need at least one"):
        validation_split(2, 0.1, 1, "atoms")


SEARCH = {
    "learning_rates": [0.001, 0.01],
    "batch_sizes": [4, 100],
    "runs": 2,
    "steps": 6,
    "validation_fraction": 0.2,
    "seed": 1,
    "data_set": "test",
    "functional": "E[n]",
    "architecture": SMALL,
}


def test_grid_search_has_a_row_for_every_network_and_keeps_what_is_finished(
    tmp_path, counted_steps
):
    searched = grid_search(INPUTS, TARGETS, **SEARCH, work_folder=tmp_path)
    assert len(searched.drop_duplicates(["learning_rate", "batch_size", "run"])) == 8
    # 18 samples train: an epoch is 4 steps at batch 4, and one step at batch 100.
    assert set(searched.step[searched.batch_size == 4]) == {4}
    assert searched.step[searched.batch_size == 100].isin(range(1, 7)).all()
    assert searched.minimum_validation_mse.nunique() == 8
    before = len(counted_steps)
    again = grid_search(INPUTS, TARGETS, **SEARCH, work_folder=tmp_path)
    pd.testing.assert_frame_equal(searched, again, check_exact=True)
    assert len(counted_steps) == before == 12


def test_grid_search_refuses_steps_that_complete_no_epoch():
    with pytest.raises(InputError, match="complete no epoch of 18 steps"):
        grid_search(INPUTS, TARGETS, **{**SEARCH, "batch_sizes": [1]})
