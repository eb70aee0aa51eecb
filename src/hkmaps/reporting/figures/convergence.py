"""Where the published grid is converged and where not: figures of this study."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from hkmaps.reporting.style import (
    BLACK,
    BLUE,
    COLUMN_WIDTH,
    DOUBLE_WIDTH,
    GREEN,
    PUBLISHED_STAR,
    VERMILION,
    house_style,
    label_line,
    label_panels,
    new_figure,
)
from hkmaps.units import CHEMICAL_ACCURACY, MILLIHARTREE_PER_HARTREE

_ERRORS = {"one_electron_error": "$E_1$", "two_electron_error": "$E_2$"}


@house_style()
def convergence_plane(atoms: pd.DataFrame, threshold: float) -> Figure:
    """Draw the error of E1 and E2 over the (Z, alpha) plane, and where E2 is not bound.

    Args:
        atoms: model_systems/atoms.parquet.
        threshold: the largest error per particle that the study asks for, in Ha.
    """
    figure = new_figure(DOUBLE_WIDTH, 3.0)
    panels = figure.subplots(1, 2, sharey=True)
    errors = atoms[list(_ERRORS)].to_numpy() * MILLIHARTREE_PER_HARTREE
    norm = LogNorm(max(errors.min(), 1e-2), max(errors.max(), 1.0))
    limit = threshold * MILLIHARTREE_PER_HARTREE
    charge, softening = atoms["Z"].to_numpy(), atoms["alpha"].to_numpy()
    for axes, (column, symbol) in zip(panels, _ERRORS.items(), strict=True):
        error = atoms[column].to_numpy() * MILLIHARTREE_PER_HARTREE
        colours = axes.tripcolor(
            charge, softening, error, norm=norm, cmap="cividis", shading="gouraud", rasterized=True
        )
        axes.plot(charge, softening, ".", color="white", markersize=1.5, markeredgewidth=0)
        if error.min() < limit < error.max():
            axes.tricontour(
                charge, softening, error, levels=[limit], colors=VERMILION, linewidths=1.6
            )
        axes.set(xlabel="nuclear charge $Z$", title=f"error of {symbol}")
    _hatch_unbound(panels[1], atoms)
    panels[0].set_ylabel(r"softening $\alpha$ (bohr)")
    figure.colorbar(colours, ax=panels, label="error (mHa per particle)")
    handles = [
        Line2D([], [], color=VERMILION, label=f"{limit:g} mHa per particle"),
        Patch(facecolor="none", edgecolor=BLACK, hatch="////", label="second electron not bound"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=2)
    label_panels(list(panels))
    return figure


def _hatch_unbound(axes: Axes, atoms: pd.DataFrame) -> None:
    bound = atoms["bound"].to_numpy()
    if bound.all():
        return
    # A hatch between the last unbound and the first bound charge of each softening.
    levels = np.array([0.5, 1.5])
    axes.tricontourf(
        atoms["Z"], atoms["alpha"], 1.0 - bound, levels=levels, colors="none", hatches=["////"]
    )


@house_style()
def system_size(convergence: pd.DataFrame, published: pd.DataFrame) -> Figure:
    """Draw hydrogen's error against the length of the grid (paper A, section 2.1.1).

    Args:
        convergence: model_systems/convergence.parquet, of which the study "length" is drawn.
        published: rows of `read_published`, for the printed length that suffices.
    """
    rows = convergence[convergence["study"] == "length"].sort_values("grid_length")
    printed = float(published.set_index("id").loc["A.sec2.1.1.system_size", "value"])
    limit = CHEMICAL_ACCURACY / 2 * MILLIHARTREE_PER_HARTREE
    figure = new_figure(COLUMN_WIDTH, 2.5)
    axes = figure.subplots()
    errors = rows["error_per_particle"].abs() * MILLIHARTREE_PER_HARTREE
    axes.semilogy(rows["grid_length"], errors, "o-", color=BLUE, label="measured")
    axes.axhline(limit, color=GREEN, linestyle="--")
    label_line(axes, limit, f"double chemical accuracy, {limit:.1f} mHa", GREEN)
    axes.plot(printed, limit, **PUBLISHED_STAR, label=f"published: {printed:g} bohr")
    density = rows["grid_density"].iloc[0]
    axes.set(xlabel="grid length (bohr)", ylabel="error of $E$ (mHa)")
    axes.set_title(f"hydrogen, {density:g} points/bohr")
    axes.legend(loc="upper right")
    return figure
