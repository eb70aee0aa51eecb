"""A table of the network's layers (paper A, Figure 7), read off a network that runs."""

import pandas as pd
import torch
from torch import nn

from hkmaps.networks.cnn import CNN, Architecture


def architecture_table(architecture: Architecture, input_length: int) -> pd.DataFrame:
    """List the layers of the network.

    Args:
        architecture: the layer sizes.
        input_length: grid points of an input.

    Returns:
        One row per layer, as declared in `hkmaps.networks.results.ARCHITECTURE`; the shapes are
        those that pass through a network.

    Raises:
        InputError: the input is too short for the convolutions.
    """
    network = CNN(architecture, input_length, seed=0)
    rows = []

    def record(layer: nn.Module, inputs: tuple[torch.Tensor], output: torch.Tensor) -> None:
        kind = "convolution" if isinstance(layer, nn.Conv2d) else "dense"
        rows.append(
            {
                "layer": f"{kind} {1 + sum(row['kind'] == kind for row in rows)}",
                "kind": kind,
                "shape_in": _sample_shape(inputs[0]),
                "shape_out": _sample_shape(output),
                "parameters": sum(parameter.numel() for parameter in layer.parameters()),
            }
        )

    for layer in (*network.convolutions, *network.denses):
        layer.register_forward_hook(record)
    with torch.inference_mode():
        network(torch.zeros(1, input_length))
    return pd.DataFrame(rows)


def _sample_shape(values: torch.Tensor) -> str:
    """The shape of one sample; "length x channels" before and behind a convolution."""
    sizes = values.shape[:0:-2] if values.ndim == 4 else values.shape[1:]
    return " x ".join(map(str, sizes))
