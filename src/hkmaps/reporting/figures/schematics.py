"""Figures 6 and 7 of paper A: what a neural network is, and the one that is used."""

import re
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Polygon, Rectangle

from hkmaps.reporting.style import (
    BLACK,
    BLUE,
    DOUBLE_WIDTH,
    GREY,
    ORANGE,
    SKY,
    VERMILION,
    house_style,
    new_figure,
)

_SAMPLES = np.array([-4.0, -2.0, 0.0, 2.0, 4.0])  # five points, as in the paper
_HIDDEN = (7, 7)  # a sketch, not the network of the study
_MAP_OFFSET = 0.035


@house_style()
def neural_network(gauge_shift: pd.DataFrame) -> Figure:
    """Draw a fully connected network that maps a potential at 5 points to E (paper A, Figure 6).

    Args:
        gauge_shift: model_systems/gauge_shift.parquet; hydrogen's potential is sampled.
    """
    row = gauge_shift[gauge_shift["shift"] == 0].iloc[0]
    values = np.interp(_SAMPLES, row["x"], row["potential"])
    figure = new_figure(DOUBLE_WIDTH, 2.7)
    left, right = figure.subplots(1, 2, width_ratios=[1, 2])
    left.plot(row["x"], row["potential"], color=BLACK)
    left.plot(_SAMPLES, values, "o", color=BLUE, markersize=6)
    left.set(xlabel="position $x$ (bohr)", ylabel="potential $V$ (Ha)", xlim=(-6, 6))
    layers = [len(values), *_HIDDEN, 1]
    heights = [np.linspace(0, 1, size) if size > 1 else np.array([0.5]) for size in layers]
    for layer, (here, there) in enumerate(pairwise(heights)):
        for start in here:
            for end in there:
                right.plot([layer, layer + 1], [start, end], color=GREY, linewidth=0.3, zorder=1)
    colours = [BLUE, *[SKY] * len(_HIDDEN), ORANGE]
    for layer, (column, colour) in enumerate(zip(heights, colours, strict=True)):
        right.scatter(
            [layer] * len(column),
            column,
            s=70,
            color=colour,
            edgecolors=BLACK,
            linewidths=0.6,
            zorder=2,
        )
    # The topmost neuron takes the leftmost point.
    for position, value, height in zip(_SAMPLES, values, heights[0][::-1], strict=True):
        right.annotate(
            f"$V({position:g}) = {value:.2f}$ Ha",
            (-0.12, height),
            ha="right",
            va="center",
            fontsize=7,
        )
    right.annotate("$E$", (3.15, 0.5), ha="left", va="center", fontsize=9)
    for layer, name in ((0, "input"), (1.5, "hidden layers"), (3, "output")):
        right.annotate(name, (layer, 1.13), ha="center", fontsize=8)
    right.set(xlim=(-1.15, 3.4), ylim=(-0.08, 1.22))
    right.axis("off")
    return figure


@house_style()
def convolutional_network(architecture: pd.DataFrame) -> Figure:
    """Draw the layers of the network of the study (paper A, Figure 7).

    Args:
        architecture: networks/architecture.parquet.
    """
    layers = architecture.to_dict("records")
    figure = new_figure(DOUBLE_WIDTH, 2.9)
    axes = figure.subplots()
    x = 0.0
    shapes = [_sizes(layers[0]["shape_in"]), *(_sizes(layer["shape_out"]) for layer in layers)]
    longest = shapes[0][0]
    edges = _feature_maps(axes, x, shapes[0], longest, f"input\n{_times(shapes[0])}")
    for before, layer, shape in zip(shapes, layers, shapes[1:], strict=False):
        is_convolution = layer["kind"] == "convolution"
        if not is_convolution and len(before) > 1:  # the flattening layer has no parameters
            x = edges + 0.5
            flat = int(np.prod(before))
            edges = _feature_maps(axes, x, [flat], flat, f"flatten\n{flat}")
        x = edges + (0.75 if is_convolution else 0.5)
        filter_length = before[0] - shape[0] + 1
        if is_convolution:
            title = f"{shape[1]} filters\n{filter_length} x {before[1]}"
            _filter(axes, edges, x, filter_length / longest)
        else:
            title = f"{'output' if layer is layers[-1] else 'dense'}\n{shape[0]}"
        axes.annotate(
            f"{layer['parameters']:,}",
            ((edges + x) / 2, -0.2),
            ha="center",
            va="top",
            fontsize=6,
            color=VERMILION,
        )
        if is_convolution:
            title += f"\nmaps: {_times(shape)}"
        edges = _feature_maps(axes, x, shape, longest, title)
    total = sum(layer["parameters"] for layer in layers)
    axes.annotate(
        f"weights and biases of each layer, {total:,} in all",
        (0.5, 0.01),
        ha="center",
        xycoords="axes fraction",
        fontsize=7,
        color=VERMILION,
    )
    axes.set(xlim=(-0.4, edges + 0.4), ylim=(-0.45, 1.75))
    axes.axis("off")
    return figure


def _feature_maps(axes: Axes, x: float, shape: list[int], longest: int, title: str) -> float:
    """Draw maps one behind the other (or one layer of neurons); return the right edge."""
    maps = shape[1] if len(shape) > 1 else 1
    height = max(min(shape[0] / longest, 1.0), 0.03)
    bottom, width = (1 - height) / 2, 0.1
    for index in reversed(range(maps)):
        offset = index * _MAP_OFFSET * 0.6
        axes.add_patch(
            Rectangle(
                (x + offset, bottom + offset / 2),
                width,
                height,
                facecolor="white" if maps > 1 else BLACK,
                edgecolor=BLACK,
                linewidth=0.5,
            )
        )
    right = x + width + (maps - 1) * _MAP_OFFSET * 0.6
    axes.annotate(title, ((x + right) / 2, 1.28), ha="center", va="bottom", fontsize=7)
    return right


def _filter(axes: Axes, start: float, end: float, height: float) -> None:
    """Draw a filter on the maps that end at `start`, and what it makes of them at `end`."""
    top = 0.75
    axes.add_patch(
        Rectangle(
            (start - 0.1, top - height),
            0.1,
            height,
            facecolor=SKY,
            edgecolor=BLUE,
            linewidth=0.6,
            zorder=3,
        )
    )
    corners = [(start, top), (start, top - height), (end, top - height / 2)]
    axes.add_patch(Polygon(corners, facecolor=SKY, alpha=0.35, edgecolor="none"))
    axes.add_patch(Circle((end + 0.05, top - height / 2), 0.015, color=BLUE, zorder=3))


def _sizes(shape: str) -> list[int]:
    return [int(size) for size in re.findall(r"\d+", shape)]


def _times(shape: list[int]) -> str:
    return " x ".join(str(size) for size in shape)
