"""Figures and table of kernel maps show what was measured, in mHa, by method and functional."""

from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from reporting_tables import table1

from hkmaps.datasets.functionals import FUNCTIONALS
from hkmaps.errors import InputError
from hkmaps.exact.quantities import QUANTITIES
from hkmaps.reporting.figures.maps import functional_methods, noise_response
from hkmaps.reporting.functional_tables import (
    FUNCTIONAL_METHODS,
    functional_methods_markdown,
    functional_methods_table,
)
from hkmaps.reporting.noise_tables import noise_response_markdown
from hkmaps.reporting.published import read_published
from hkmaps.reporting.style import DOUBLE_WIDTH, save_figure
from hkmaps.tables import read_table, write_table

PUBLISHED = read_published(Path(__file__).parents[2] / "config" / "published.csv")
SIZES = (0.0, 1e-5, 1e-4)
SENSITIVITY = {"E": 4.0, "A": 3.0, "T": 0.6, "Eg": 0.7}


def noise_table():
    """KRR rises with the noise, the CNN does not; two draws that differ by a tenth."""
    rows = []
    for key in QUANTITIES:
        for method in ("KRR", "CNN", *(("gauge-aware KRR",) if key in ("E", "A") else ())):
            for size in SIZES:
                for draw in (0, 1):
                    response = 50 * size * (1 + 0.1 * draw)
                    rows.append(
                        {
                            "dataset": "atoms",
                            "functional": f"{key}[n]",
                            "quantity": key,
                            "method": method,
                            "noise": size,
                            "noise_norm": 4 * size,
                            "draw": draw,
                            "mae": 0.03 if method == "CNN" else 1e-5 + response,
                            "maximum": 0.1,
                            "response": response,
                        }
                    )
    return pd.DataFrame(rows)


def pairs():
    return pd.DataFrame(
        {
            f"sensitivity_{key}": [0.1 * median, median, 10 * median]
            for key, median in SENSITIVITY.items()
        }
    )


def error_table():
    """KRR of all functionals at 1 uHa; ML-HK at 2, or 9 where trained on reference densities."""
    rows = [
        {"method": "KRR", "functional": functional.label, "mae": 1e-6, "energy_training": None}
        for functional in FUNCTIONALS
    ]
    rows += [
        {"method": "ML-HK", "functional": "E[V]", "mae": mae, "energy_training": training}
        for training, mae in (("predicted", 2e-6), ("reference", 9e-6))
    ]
    rows.append(
        {"method": "gauge-aware KRR", "functional": "E[n]", "mae": 3e-6, "energy_training": None}
    )
    sets = [pd.DataFrame(rows).assign(dataset=name) for name in ("atoms", "diatomics")]
    return pd.concat(sets, ignore_index=True)


@pytest.fixture(scope="module")
def response():
    return noise_response(noise_table(), pairs(), "atoms")


@pytest.fixture(scope="module")
def methods():
    return functional_methods(table1(), error_table(), ["atoms", "diatomics"])


def lines(axes, marker, **properties):
    return [
        line
        for line in axes.get_lines()
        if line.get_marker() == marker
        and all(getattr(line, f"get_{name}")() == value for name, value in properties.items())
    ]


def texts(figure):
    return "\n".join(text.get_text() for text in figure.findobj(mpl.text.Text))


def test_errors_are_means_over_the_draws_in_mha(response):
    (line,) = lines(response.axes[1], "o")  # T[n] by KRR
    assert line.get_xdata() == pytest.approx([4e-5, 4e-4])
    assert line.get_ydata() == pytest.approx([0.01 + 0.525, 0.01 + 5.25])


def test_the_error_without_noise_is_at_the_edge(response):
    arrows = sorted(line.get_ydata()[0] for line in lines(response.axes[0], ">"))
    assert arrows == pytest.approx([0.01, 0.01, 30.0])


def test_the_change_by_the_noise_is_shown_apart(response):
    dashed = lines(response.axes[3], "None", linestyle="--")
    assert len(dashed) == 2
    for line in dashed:
        assert line.get_ydata() == pytest.approx([0.525, 5.25])


@pytest.mark.parametrize(("panel", "key"), list(enumerate(("E", "T", "A", "Eg"))))
def test_the_median_sensitivity_is_the_slope_behind(response, panel, key):
    axes = response.axes[panel]
    median = next(line for line in axes.get_lines() if len(line.get_xdata()) == 2)
    assert median.get_ydata() == pytest.approx(1000 * SENSITIVITY[key] * median.get_xdata())
    gauge = "dependent" if key in ("E", "A") else "invariant"
    assert f"gauge-{gauge}" in axes.get_title(loc="left")


def test_the_gauge_aware_route_is_drawn_for_gauge_dependent_quantities(response):
    counts = [len(lines(axes, "o")) for axes in response.axes]
    assert counts == [2, 1, 2, 1]
    assert "gauge-aware KRR" in texts(response)
    assert "gauge-aware CNN" not in texts(response)


def test_other_data_sets_are_left_out():
    both = pd.concat([noise_table(), noise_table().assign(dataset="diatomics", mae=9.0)])
    figure = noise_response(both, pairs(), "atoms")
    drawn = np.concatenate([line.get_ydata() for line in lines(figure.axes[0], "o")])
    assert drawn.max() < 100


def test_every_functional_of_every_method_has_its_place(methods):
    left = methods.axes[0]
    (networks,) = lines(left, "s")
    measured = table1().query("dataset == 'atoms'").set_index("functional")["mae_mean"]
    ticks = [label.get_text() for label in left.get_xticklabels()]
    assert ticks[0] == "$E$[$n$]"
    assert ticks[4] == "$E$[$V$]"
    drawn = dict(zip(networks.get_xdata(), networks.get_ydata(), strict=True))
    assert drawn[0] == pytest.approx(1000 * measured["E[n]"])
    assert drawn[7] == pytest.approx(1000 * measured["Eg[V]"])
    kernels = max(lines(left, "o"), key=lambda line: len(line.get_xdata()))
    assert kernels.get_ydata() == pytest.approx([1e-3] * 8)


def test_ml_hk_is_shown_as_trained_on_predicted_densities(methods):
    for axes in methods.axes:
        shown = [value for line in lines(axes, "D") for value in line.get_ydata()]
        assert shown == pytest.approx([2e-3])


def test_figures_fit_the_page_and_can_be_saved(response, methods, tmp_path):
    for number, figure in enumerate((response, methods)):
        assert figure.get_figwidth() <= DOUBLE_WIDTH
        save_figure(figure, tmp_path / f"{number}.png", tmp_path / f"{number}.pdf")
        assert "mHa" in texts(figure)


def test_the_table_has_the_kernels_beside_the_networks(tmp_path):
    table = functional_methods_table(table1(), error_table(), PUBLISHED)
    write_table(table, tmp_path / "methods.parquet", FUNCTIONAL_METHODS)
    stored = read_table(tmp_path / "methods.parquet", FUNCTIONAL_METHODS)
    assert len(stored) == 16
    assert list(stored["dataset"].unique()) == ["atoms", "diatomics"]
    rows = stored[stored["dataset"] == "atoms"].set_index("functional")
    networks = table1().query("dataset == 'atoms'").set_index("functional")
    assert (rows["network_mae_median"] == networks["mae_median"]).all()
    assert rows["kernel_mae"].to_numpy() == pytest.approx([1e-6] * 8)
    assert rows["predicted_density_mae"].dropna().to_dict() == {"E[V]": 2e-6}
    assert rows["gauge_aware_mae"].dropna().to_dict() == {"E[n]": 3e-6}
    assert rows.loc["E[n]", "published_mae_mean"] == pytest.approx(38e-3)
    text = functional_methods_markdown(table, PUBLISHED)
    assert "| E[V] | 3.8 ± 2 | 0.2 ± 0.06 | 0.18 | 0.001 | 0.002 | - |" in text
    assert "| E[n] | 38 ± 2 | 35 ± 10 | 31.5 | 0.001 | - | 0.003 |" in text
    assert "smaller error than the median network for 8 of 8 functionals" in text


def test_a_data_set_without_printed_numbers_or_repeats_has_its_table():
    networks = table1().assign(mae_std=np.nan)
    errors = error_table().query("dataset == 'atoms'").assign(dataset="atoms-converged")
    table = functional_methods_table(networks, errors, PUBLISHED)
    assert table["published_mae_mean"].isna().all()
    text = functional_methods_markdown(table, PUBLISHED)
    assert "| T[V] | - | 0.6 | 0.54 | 0.001 | - | - |" in text


@pytest.mark.parametrize(
    "kept",
    [["E[V]", "A[V]", "T[V]", "Eg[V]", "A[n]", "T[n]", "Eg[n]"], ["T[n]", "E[V]"], ["Eg[V]"]],
)
def test_functionals_that_networks_do_not_learn_are_left_out(kept):
    networks = table1().query("functional in @kept")
    table = functional_methods_table(networks, error_table(), PUBLISHED)
    assert list(table["functional"]) == 2 * [
        each.label for each in FUNCTIONALS if each.label in kept
    ]
    text = functional_methods_markdown(table, PUBLISHED)
    assert f"for {len(kept)} of {len(kept)} functionals" in text
    for axes in functional_methods(networks, error_table(), ["atoms", "diatomics"]).axes:
        assert len(axes.get_xticks()) == len(kept)
        for marker in "so":
            drawn = max(lines(axes, marker), key=lambda line: len(line.get_xdata()))
            places = [round(place) for place in drawn.get_xdata()]
            assert sorted(places) == list(range(len(kept)))


def test_networks_of_some_functionals_respond_to_noise_beside_all_kernels():
    noise = noise_table()
    networks = noise["method"] == "CNN"
    figure = noise_response(noise[~networks | (noise["quantity"] == "T")], pairs(), "atoms")
    assert [len(lines(axes, "s")) for axes in figure.axes] == [0, 1, 0, 0]
    figure = noise_response(noise[~networks], pairs(), "atoms")
    assert "CNN" not in texts(figure)
    assert [len(lines(axes, "o")) for axes in figure.axes] == [2, 1, 2, 1]


def test_a_functional_that_a_method_lacks_is_named():
    errors = error_table()
    without = errors[(errors["functional"] != "T[n]") | (errors["dataset"] != "diatomics")]
    with pytest.raises(InputError, match=r"lacks T\[n\] of diatomics"):
        functional_methods_table(table1(), without, PUBLISHED)


def test_errors_at_noisy_densities_stand_in_a_table_by_method():
    text = noise_response_markdown(noise_table())
    assert "## atoms\n" in text
    assert "| functional | noise, 1/bohr | KRR | CNN | gauge-aware KRR |" in text
    assert "| E[n] | 0.0001 | 5.3 | 30 | 5.3 |" in text
    assert "| T[n] | 0 | 0.01 | 30 | - |" in text
