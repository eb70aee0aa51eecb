"""One look for all figures, and how they are saved."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import as_file, files
from string import ascii_lowercase

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

from hkmaps.tables import atomic_path

COLUMN_WIDTH = 3.4
DOUBLE_WIDTH = 7.0
"""Widths of a figure, in inches: one and two columns of a journal page."""

BLUE, VERMILION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
ORANGE, SKY, BLACK, GREY = "#E69F00", "#56B4E9", "#000000", "#8C8C8C"
"""Okabe and Ito's colours, and a grey."""

VARIABLE_COLOURS = {"n": VERMILION, "V": GREY}
"""Variable of a functional -> colour of its bars, as in paper A."""

PUBLISHED_STAR = {
    "marker": "*",
    "linestyle": "none",
    "color": VERMILION,
    "markersize": 10,
    "markeredgecolor": BLACK,
    "markeredgewidth": 0.5,
    "zorder": 3,
}
"""How a figure marks what the paper prints."""

ERROR_LABEL = "mean absolute error (mHa)"

QUANTITY_SYMBOLS = {"E": "$E$", "A": "$A$", "T": "$T$", "Eg": "$E_g$"}
"""Quantity -> how a figure writes it."""


@contextmanager
def house_style() -> Iterator[None]:
    """Context manager: figures made inside the block look like the study's figures."""
    with as_file(files("hkmaps.reporting") / "hkmaps.mplstyle") as path, mpl.rc_context(fname=path):
        yield


def new_figure(width: float = COLUMN_WIDTH, height: float = 2.6) -> Figure:
    """Return an empty figure of `width` x `height` inches that belongs to no window."""
    return Figure(figsize=(width, height), layout="constrained")


def empty_figure(text: str) -> Figure:
    """Return a figure that says why there is nothing to draw."""
    figure = new_figure()
    figure.text(0.5, 0.5, text, ha="center", va="center")
    return figure


def label_panels(axes: list[Axes]) -> None:
    """Write (a), (b), ... above the panels."""
    for letter, axis in zip(ascii_lowercase, axes, strict=False):
        axis.set_title(f"({letter}) {axis.get_title(loc='left')}".rstrip(), loc="left")


def size_ticks(axes: Axes, sizes: Iterable[int]) -> None:
    """Label numbers of training points along a logarithmic axis, where labels do not overlap."""
    sizes = sorted(set(sizes))
    followers = [*sizes[1:], np.inf]
    shown = [size for size, after in zip(sizes, followers, strict=True) if after > 1.3 * size]
    axes.set_xticks(shown, [str(size) for size in shown])
    axes.xaxis.set_minor_locator(NullLocator())


def plain_ticks(
    axis: Axis,
    subs: Sequence[float] = (1, 2, 5),
    numticks: int | None = None,
    minor: bool = True,
) -> None:
    """Label a logarithmic axis with plain numbers.

    Args:
        axis: x or y axis of axes.
        subs: multiples of each power of ten that have a label.
        numticks: at most so many labels; by default as many as there is room for.
        minor: whether there are ticks between the labels.
    """
    axis.set_major_locator(LogLocator(subs=[float(sub) for sub in subs], numticks=numticks))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    if minor:
        axis.set_minor_formatter(NullFormatter())
    else:
        axis.set_minor_locator(NullLocator())


def label_line(axes: Axes, height: float, text: str, colour: str) -> None:
    """Write `text` above the right end of a horizontal line at `height`."""
    axes.annotate(
        text,
        (0.99, height),
        (0, 2),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        ha="right",
        va="bottom",
        color=colour,
        fontsize=7,
    )


def save_figure(figure: Figure, png: str | os.PathLike, pdf: str | os.PathLike) -> None:
    """Save a figure as PNG (300 dpi) and PDF, each whole or not at all.

    Neither file holds a date or the name of a program's version, so that equal figures give equal
    bytes.

    Args:
        figure: the figure.
        png: path of the PNG file.
        pdf: path of the PDF file.
    """
    with house_style():
        with atomic_path(png) as path:
            figure.savefig(path, format="png", metadata={"Software": None})
        with atomic_path(pdf) as path:
            metadata = {"CreationDate": None, "Producer": None, "Creator": None}
            figure.savefig(path, format="pdf", metadata=metadata)
