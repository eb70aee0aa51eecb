"""The ensemble against plain `torch.nn` networks that are trained one after another."""

import numpy as np
import pytest
import torch
from torch import nn

from hkmaps.errors import InputError
from hkmaps.networks.architecture import architecture_table
from hkmaps.networks.cnn import CNN, Architecture, EnsembleCNN
from hkmaps.networks.data import SampledFunctions
from hkmaps.networks.training import Member, TrainingPlan, train_ensemble
from hkmaps.seeds import random_stream, stream_seed

SMALL = Architecture(filters=(3, 4), kernel_sizes=(4, 3), neurons=(8, 6))


@pytest.fixture
def double_precision():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.fixture
def samples():
    """Bumps of several widths on 21 points, and a smooth functional of them."""
    x = np.linspace(-2, 2, 21)
    inputs = np.stack([np.exp(-width * x**2) for width in np.linspace(0.5, 3, 23)])
    return SampledFunctions(inputs, np.tanh(inputs.sum(axis=1) - 5))


def plain_network(network: EnsembleCNN, member: int) -> nn.Sequential:
    """The same member with PyTorch's own layers, whose data run (batch, channels, length)."""
    member, layers = network.members[member], []
    for convolution in member.convolutions:
        weight = convolution.weight.detach()[:, :, 0]
        layer = nn.Conv1d(weight.shape[1], weight.shape[0], weight.shape[2])
        layer.weight.data, layer.bias.data = weight.clone(), convolution.bias.data.clone()
        layers += [layer, nn.ReLU()]
    layers.append(nn.Flatten())
    for index, dense in enumerate(member.denses):
        weight = dense.weight.detach()
        if index == 0:
            channels = network.architecture.filters[-1]
            weight = weight.unflatten(1, (-1, channels)).transpose(1, 2).flatten(1)
        layer = nn.Linear(*weight.T.shape)
        layer.weight.data, layer.bias.data = weight.clone(), dense.bias.data.clone()
        layers += [layer, nn.ReLU()]
    return nn.Sequential(*layers[:-1])


@pytest.mark.parametrize(
    ("architecture", "length"),
    [
        (Architecture(), 168),
        (Architecture(), 150),
        (SMALL, 17),
        (Architecture((3,), (1,), (4,)), 5),
        (Architecture((2, 3, 2), (2, 5, 3), ()), 9),
    ],
)
def test_predictions_equal_those_of_plain_networks(double_precision, architecture, length):
    network = EnsembleCNN(architecture, length, seeds=[3, 4])
    inputs = torch.randn(2, 6, length, generator=torch.Generator().manual_seed(0))
    expected = [plain_network(network, r)(inputs[r][:, None])[:, 0] for r in range(2)]
    torch.testing.assert_close(network(inputs), torch.stack(expected), rtol=0, atol=1e-12)
    # One batch for all members is the same as a copy of it for each.
    torch.testing.assert_close(network(inputs[0])[0], expected[0], rtol=0, atol=1e-12)


def test_training_equals_separate_networks_trained_one_after_another(double_precision, samples):
    learning_rates = (0.002, 0.002, 0.01, 0.0005)
    members = tuple(Member(("test", i), rate) for i, rate in enumerate(learning_rates))
    plan = TrainingPlan(7, members, batch_size=5, steps=18, architecture=SMALL)
    training, validation = samples.subset(np.arange(17)), samples.subset(np.arange(17, 23))
    trained = train_ensemble(plan, training, validation)

    seeds = [stream_seed(7, "test", i, "initial weights") for i in range(4)]
    initial = EnsembleCNN(SMALL, 21, seeds)
    for i, rate in enumerate(learning_rates):
        network = plain_network(initial, i)
        optimizer = torch.optim.Adam(network.parameters(), lr=rate, eps=1e-7, fused=False)
        minima = []
        for epoch in range(6):
            order = random_stream(7, "test", i, "batches", epoch).permutation(17)
            for batch in order[:15].reshape(3, 5):  # 17 samples: three full batches, no rest
                optimizer.zero_grad()
                errors = network(training.inputs[batch][:, None])[:, 0] - training.targets[batch]
                errors.square().mean().backward()
                optimizer.step()
            with torch.no_grad():
                errors = network(validation.inputs[:, None])[:, 0] - validation.targets
                minima.append(errors.square().mean().item())
        expected = network(samples.inputs[:, None])[:, 0]
        found = trained.network(samples.inputs)[i]
        torch.testing.assert_close(found, expected, rtol=0, atol=1e-10)
        assert trained.minimum_validation_mse[i].item() == pytest.approx(min(minima), abs=1e-10)
        assert trained.minimum_step[i].item() == 3 * (1 + np.argmin(minima))


def test_a_member_does_not_depend_on_its_company(double_precision, samples):
    members = tuple(Member(("test", i), 0.003 + 0.001 * i) for i in range(3))
    plans = [TrainingPlan(1, chosen, 4, 10, SMALL) for chosen in (members, members[::-1])]
    alone = TrainingPlan(1, members[1:2], 4, 10, SMALL)
    predictions = [
        train_ensemble(plan, samples).network(samples.inputs).detach() for plan in (*plans, alone)
    ]
    torch.testing.assert_close(predictions[0], predictions[1].flip(0), rtol=0, atol=1e-12)
    torch.testing.assert_close(predictions[0][1], predictions[2][0], rtol=0, atol=1e-12)


def test_initial_weights_are_glorot_uniform_with_zero_biases():
    network = CNN(Architecture(), 168, seed=0)
    for layer in (*network.convolutions, *network.denses):
        outputs, inputs, *field = layer.weight.shape
        limit = np.sqrt(6 / (np.prod(field) * (inputs + outputs)))
        assert 0.9 * limit < layer.weight.abs().max() <= limit
        assert (layer.bias == 0).all()


def test_architecture_table_is_that_of_figure_7():
    table = architecture_table(Architecture(), 168).set_index("layer")
    assert table.shape_in["convolution 1"] == "168 x 1"
    assert list(table.shape_out) == ["161 x 10", "154 x 20", "120", "120", "1"]
    assert list(table.parameters) == [90, 1620, 3080 * 120 + 120, 120 * 120 + 120, 121]


def test_layers_that_do_not_fit_are_refused():
    with pytest.raises(InputError, match="too short"):
        EnsembleCNN(Architecture(), 14, seeds=[0])
    with pytest.raises(InputError, match="same layers"):
        Architecture(filters=(10,), kernel_sizes=(8, 8))
    with pytest.raises(InputError, match="at least 1"):
        Architecture(neurons=(0,))
