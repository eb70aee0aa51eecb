"""Files of arrays and plain values: equal content, equal bytes."""

import numpy as np
import pytest
import torch
from molecule_tables import sample_data

from hkmaps.densities.fourier import FourierBasis
from hkmaps.errors import InputError
from hkmaps.maps.density_subspace import DensitySubspace
from hkmaps.networks.cnn import Architecture, EnsembleCNN
from hkmaps.networks.trained import TrainedFunctional
from hkmaps.tensor_files import read_tensors, write_tensors


def network(path):
    torch.manual_seed(0)
    architecture = Architecture(filters=(2,), kernel_sizes=(3,), neurons=(4,))
    ensemble = EnsembleCNN(architecture, 15, seeds=[0, 1])
    settings = {"seed": 0, "steps": 3, "repeats": 2}
    points = np.linspace(-2, 2, 15)
    return TrainedFunctional(ensemble, points, "E[n]", "test", np.zeros(2, bool), settings).save(
        path
    )


def molecule_map(path):
    sample_data("H2", 8).train().save(path)
    return path / "map.safetensors"


def subspace(path):
    basis = FourierBasis(20.0, 1)
    densities = np.random.default_rng(0).random((4, basis.size))
    DensitySubspace.spanning(basis, densities).save(path / "subspace.safetensors")
    return path / "subspace.safetensors"


@pytest.mark.parametrize("write", [network, molecule_map, subspace])
@pytest.mark.filterwarnings("ignore::hkmaps.kernels.cross_validation.SearchEdgeWarning")
def test_models_with_equal_content_have_equal_bytes(write, tmp_path):
    assert len({write(tmp_path / str(index)).read_bytes() for index in range(8)}) == 1


def test_a_model_that_was_read_is_written_as_it_was(tmp_path):
    path = network(tmp_path)
    assert TrainedFunctional.load(path).save(tmp_path / "again").read_bytes() == path.read_bytes()


def test_neither_the_order_of_names_nor_that_in_memory_makes_another_file(tmp_path):
    values = np.arange(6.0).reshape(2, 3)
    one, other = tmp_path / "one", tmp_path / "other"
    write_tensors(one, {"a": values, "b": values[:, ::2]}, {"x": 1, "y": {"u": 2, "v": [3]}})
    write_tensors(
        other,
        {"b": values[:, ::2], "a": np.asfortranarray(values)},
        {"y": {"v": [3], "u": 2}, "x": 1},
    )
    assert one.read_bytes() == other.read_bytes()
    tensors, header = read_tensors(one, "file")
    np.testing.assert_array_equal(tensors["b"], [[0, 2], [3, 5]])
    assert header == {"x": 1, "y": {"u": 2, "v": [3]}}
    with pytest.raises(InputError, match=r"A file should be at .*, where there is no file"):
        read_tensors(tmp_path / "none", "file")
