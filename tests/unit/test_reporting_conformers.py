"""Paper B's larger molecules: Table 2, Figures 2 and 3, learning curves and claims from tables."""

import re
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from hkmaps.maps.results import MAP_ERRORS, TRAJECTORY_ENERGIES
from hkmaps.molecules.observable_results import OBSERVABLES
from hkmaps.molecules.results import CHOSEN, ENGINE_ACCURACY, PROTON_TRANSFER, TIGHT
from hkmaps.reporting.claims import decide
from hkmaps.reporting.conformer_tables import (
    BOGOJESKI_TABLE2,
    bogojeski_table2,
    bogojeski_table2_markdown,
)
from hkmaps.reporting.draw_tables import DRAWS, draws_markdown, draws_table
from hkmaps.reporting.engine_tables import engine_accuracy_markdown, reference_calculations_markdown
from hkmaps.reporting.figures.conformers import conformer_curves
from hkmaps.reporting.figures.engines import engine_accuracy
from hkmaps.reporting.figures.trajectories import (
    classical_trajectories,
    malonaldehyde_trajectories,
)
from hkmaps.reporting.measurements.conformers import (
    ConformerSettings,
    ConformerTables,
    conformer_measurements,
)
from hkmaps.reporting.measurements.record import measurement_frame
from hkmaps.reporting.measurements.reference_failures import note_failures
from hkmaps.reporting.measurements.trajectories import DrivenReading, ProtonTransfer
from hkmaps.reporting.published import read_published
from hkmaps.reporting.style import DOUBLE_WIDTH, save_figure
from hkmaps.tables import read_table, write_table
from hkmaps.units import (
    ANGSTROM_PER_BOHR,
    FEMTOSECOND_PER_ATOMIC_TIME,
    KCAL_PER_MOL_PER_HARTREE,
)

REPOSITORY = Path(__file__).parents[2]
PUBLISHED = read_published(REPOSITORY / "config" / "published.csv").query(
    "paper == 'bogojeski2018'"
)
POOLS = {
    "ethane": ("300K", "300+350K", "300+400K"),
    "malonaldehyde": ("300+350K",),
    "benzene": ("300K", "300+350K", "300+400K"),
}
SCALES = {"300K": 1.0, "300+350K": 0.8, "300+400K": 1.5}
MAPS = (
    ("ML-KS", None, "dE", 2.0),
    ("ML-HK", "predicted", "dE", 1.0),
    ("ML-HK", "predicted", "dE_F", 0.5),
    ("ML-HK", "predicted", "dE_D", 0.92),
    ("ML-HK", "reference", "dE", 1.3),
)
MEASURED = r"^B\.(?:table2|fig2|fig3|sec2\.6\.(?:md_|large))"
SETTINGS = ConformerSettings(
    tests={"ethane": (200, 300), "malonaldehyde": (200, 300), "benzene": (40, 300)},
    pool_snapshots={f"{name}/{pool}": 10000 for name, pools in POOLS.items() for pool in pools},
    driven_temperature=300,
    trajectory_maps={"malonaldehyde": ("300+350K", 2000)},
)


def error_table(sizes, pools=POOLS):
    """MAE of ML-HK's dE 100 / M kcal/mol for the pool 300K; ML-KS twice that."""
    rows = []
    for molecule, names in pools.items():
        for pool in names:
            for size in sizes:
                for method, training, quantity, scale in MAPS:
                    row = dict.fromkeys(MAP_ERRORS.column_names)
                    row |= {"molecule": molecule, "sample": pool, "training_points": size}
                    row["test"] = "test"
                    row |= {"method": method, "energy_training": training, "quantity": quantity}
                    row |= {"learned_from": "energies"}
                    row["hyperparameters"] = "shared" if training else None
                    row["mae"] = SCALES[pool] * scale * 100 / size / KCAL_PER_MOL_PER_HARTREE
                    row["maximum"] = 4 * row["mae"]
                    row["electrons_misplaced"] = 1e-3 if training else None
                    row["nmae"] = 2e-3 if training else None
                    rows.append(row)
    return pd.DataFrame(rows)


def energy_table(count, interval, error=0.5):
    """Errors of ±`error` kcal/mol, the last three times as large and outside of the domain."""
    time = (1 + np.arange(count)) * interval / FEMTOSECOND_PER_ATOMIC_TIME
    reference = -30 + 0.01 * np.sin(np.arange(count))
    errors = error * (-1.0) ** np.arange(count) / KCAL_PER_MOL_PER_HARTREE
    errors[-1] *= 3
    columns = {
        "frame": np.arange(count),
        "time": time,
        "reference_energy": reference,
        "ml_hk_energy": reference + errors,
        "ml_ks_energy": reference + 2 * errors,
        "energy_uncertainty": np.abs(errors),
        "in_domain": np.arange(count) < count - 1,
    }
    return pd.DataFrame(columns)[TRAJECTORY_ENERGIES.column_names]


def transfer_table(energies, first, last):
    numbers = energies["frame"].to_numpy()
    frames = energies[["frame", "time"]].assign(coordinate=np.cos(numbers / 20))
    return frames.assign(transferring=(numbers >= first) & (numbers <= last))


def accuracy_table():
    rows = {
        "molecule": "ethane",
        "settings": [TIGHT, CHOSEN],
        "engine": "pyscf",
        "geometries": 10,
        "failed": 0,
        "energy_error": [0.0, 0.016 / KCAL_PER_MOL_PER_HARTREE],
        "largest_energy_error": [0.0, 0.05 / KCAL_PER_MOL_PER_HARTREE],
        "density_error": [0.0, 1e-4],
        "iterations": [14.0, 9.0],
        "seconds": [2.0, 0.7],
    }
    return pd.DataFrame(rows)[ENGINE_ACCURACY.column_names]


def driven_table(energies, run=0):
    """Frames of a run, whatever `MAP_FRAMES` has that no figure shows left out."""
    frames = energies[["frame", "time"]]
    return frames.assign(potential_energy=energies["ml_hk_energy"], run=run)


def reading(energies, ends, friction=413.41):
    """A reading of the friction, each tenth of whose frames was calculated by the reference."""
    frames = [driven_table(energies, run) for run in ends["run"]]
    return DrivenReading(energies.iloc[9::10], pd.concat(frames), ends, friction)


def with_ends(tables, ends, **changes):
    """Tables whose first reading of the friction ended so; changes are of the reading."""
    first, *others = tables.driven.values()
    readings = {"printed": replace(first, ends=ends, **changes)}
    return replace(tables, driven=readings | ({"ase": others[0]} if others else {}))


def fluctuation_rows(**values):
    """Fluctuations of carbons in Angstrom, by the name of the dynamics."""
    rows = dict.fromkeys(OBSERVABLES.column_names)
    rows |= {"dynamics": [name.replace("_", " ") for name in values]}
    rows |= {"quantity": "fluctuation of C", "uncertainty": 0.002 / ANGSTROM_PER_BOHR}
    rows["value"] = np.array([*values.values()]) / ANGSTROM_PER_BOHR
    return pd.DataFrame(rows)


def ends_table(*steps, asked=2000, equilibration=0.0):
    """Runs of steps of half a femtosecond, complete where they made all that were asked for."""
    step = 0.5 / FEMTOSECOND_PER_ATOMIC_TIME
    return pd.DataFrame(
        {
            "trajectory": "driven",
            "run": range(len(steps)),
            "completed": [made == asked for made in steps],
            "steps": steps,
            "steps_asked": asked,
            "time": [made * step for made in steps],
            "time_asked": asked * step,
            "equilibration": equilibration / FEMTOSECOND_PER_ATOMIC_TIME,
            "frames": steps,
            "reason": [None if made == asked else f"It broke at {made}." for made in steps],
        }
    )


def full_study(training_points=2000, driven_frames=2000):
    ab_initio = energy_table(500, 0.5)
    driven = energy_table(driven_frames, 0.5, error=1.9)
    return ConformerTables(
        errors=error_table([training_points // 2, training_points]),
        classical={name: energy_table(200, 100) for name in ("benzene", "ethane")},
        ab_initio=ab_initio,
        transfer=transfer_table(ab_initio, 7, 15),
        driven={
            "printed": reading(driven, ends_table(*[driven_frames] * 3, asked=driven_frames)),
            "ase": reading(driven, ends_table(100, 500, asked=driven_frames), 0.98227),
        },
        fluctuations=fluctuation_rows(ab_initio=0.1, printed=0.11, ase=0.2),
        ab_initio_end=ends_table(500, asked=500),
    )


def claims_of(tables, settings=SETTINGS):
    measured = measurement_frame(conformer_measurements(tables, settings, PUBLISHED))
    return decide(PUBLISHED, measured).set_index("id")


@pytest.fixture(scope="module")
def claims():
    return claims_of(full_study())


def texts(figure):
    return "\n".join(text.get_text() for text in figure.findobj(mpl.text.Text))


def test_a_full_study_decides_every_number_of_the_larger_molecules(claims):
    rows = claims[claims.index.str.contains(MEASURED)]
    assert len(rows) == 40
    assert not (rows["verdict"] == "not run").any()
    assert not rows["rule"].str.contains("instead of").any()
    assert rows["explanation"].str.contains(r"\((?:tables|figures|molecules)/").all()
    assert rows.loc["B.sec2.6.md_training_points", "measured"] == 2000
    assert rows.loc["B.sec2.6.md_temperature_high", "measured"] == 400
    assert rows.loc["B.fig2.trajectory_length", "verdict"] == "reproduced"
    assert rows.loc["B.fig3b.trajectory_length", "verdict"] == "reproduced"
    assert rows.loc["B.fig3a.transfer_last_frame", "measured"] == 15
    assert rows.loc["B.fig3b.max_error", "measured"] == pytest.approx(3 * 1.9)


def test_numbers_of_table_2_are_those_of_ml_hk_as_the_paper_trains_it(claims):
    row = claims.loc["B.table2.benzene.300+350K.dE_D.max"]
    assert row["measured"] == pytest.approx(0.8 * 0.92 * 4 * 100 / 2000)
    assert row["verdict"] == "differs"
    text = claims.loc["B.table2.benzene.300+350K.dE.mae", "explanation"]
    assert "M = 2000 points of the pool 300+350K, chosen from 10000 snapshots" in text
    assert "tested on 40 snapshots at 300 K" in text
    assert "ML-HK is below ML-KS, which gives 0.08" in text
    assert "trained on reference densities it is 0.052" in text
    assert "from 300K alone it is 0.05" in text
    assert "with M = 1000 it is 0.08" in text
    other = claims.loc["B.table2.ethane.300+350K.dE.mae", "explanation"]
    assert "tested on 200 snapshots at 300 K" in other
    largest = claims.loc["B.sec2.6.large_molecules_mae"]
    assert largest["measured"] == pytest.approx(1.5 * 0.05)
    assert largest["verdict"] == "reproduced"


def drawn(*scales, wilder=1.0):
    """Draws of ethane whose errors are scaled, dE_D and largest errors scattering more."""
    draws = []
    for scale in scales:
        errors = error_table([100], {"ethane": ("300+350K",)})
        density_driven = errors["quantity"] == "dE_D"
        errors["mae"] *= np.where(density_driven, scale**wilder, scale)
        errors["maximum"] *= scale**wilder
        draws.append(errors)
    return draws_table(draws)


def test_the_spread_over_draws_is_the_uncertainty_of_table_2_and_figure_3(claims, tmp_path):
    write_table(drawn(0.8, 1.0, 1.2, wilder=2.0), tmp_path / "draws.parquet", DRAWS)
    draws = read_table(tmp_path / "draws.parquet", DRAWS)
    rows = claims_of(replace(full_study(), draws=draws))
    numbers = rows[rows.index.str.contains("table2|fig3b.max_error")]
    assert "B.fig3b.max_error" in numbers.index
    relative = numbers["measured_uncertainty"] / numbers["measured"]
    of_energy = numbers.index.str.endswith("dE.mae")
    np.testing.assert_allclose(relative[of_energy], 0.2)
    squares = np.square([0.8, 1.0, 1.2])
    np.testing.assert_allclose(relative[~of_energy], squares.std(ddof=1) / squares.mean())
    words = "Uncertainty: 20 %, the spread of 3 draws of ethane at M = 100 (tables/draws.parquet)."
    assert numbers["explanation"][of_energy].str.contains(words, regex=False).all()
    decided = ["verdict", "rule", "explanation"]
    pd.testing.assert_frame_equal(
        rows[decided].drop(numbers.index), claims[decided].drop(numbers.index)
    )
    assert claims["measured_uncertainty"].isna()[numbers.index].all()
    for claim in numbers.index:
        limit = float(re.search(r"limit ([\d.]+)", numbers.loc[claim, "rule"])[1])
        before = float(re.search(r"limit ([\d.]+)", claims.loc[claim, "rule"])[1])
        uncertainty = numbers.loc[claim, "measured_uncertainty"]
        assert limit == pytest.approx(before + uncertainty, rel=0.01), claim
    wide = claims_of(replace(full_study(), draws=drawn(0.2, 1.0, 1.8)))["verdict"]
    settled = wide[wide != claims["verdict"]]
    assert len(settled)
    assert set(settled) == {"reproduced"}
    assert set(settled.index) <= set(numbers.index)


def test_the_draws_stand_side_by_side_in_their_table():
    text = draws_markdown(drawn(0.8, 1.0, 1.2))
    assert "## ethane, M = 100 of 300+350K" in text
    (row,) = [line for line in text.splitlines() if line.startswith("| ML-HK | dE | mae")]
    errors = [f"{scale * SCALES['300+350K']:.2g}" for scale in (0.8, 1, 1.2, 1)]
    cells = [cell.strip() for cell in row.split("|")[1:-1]]
    assert cells == ["ML-HK", "dE", "mae", *errors, "20"]


@pytest.mark.parametrize("training_points", [20, 100, 400])
def test_a_smaller_study_reproduces_no_number_and_names_its_size(training_points):
    settings = replace(SETTINGS, trajectory_maps={"malonaldehyde": ("300+350K", training_points)})
    rows = claims_of(full_study(training_points), settings)
    numbers = rows[rows.index.str.contains("table2|large_molecules|fig3b.max")]
    assert set(numbers["verdict"]) <= {"order reproduced", "differs"}
    assert numbers["rule"].str.contains(f"at M = {training_points} instead of 2000").all()
    assert numbers["measured"].notna().all()
    near = (np.log10(numbers["measured"] / numbers["published"])).abs() <= 0.5
    values = numbers.index != "B.sec2.6.large_molecules_mae"
    expected = np.where(near, "order reproduced", "differs")
    assert (numbers["verdict"] == expected)[values].all()
    bound = numbers.loc["B.sec2.6.large_molecules_mae"]
    assert (bound["verdict"] == "order reproduced") == (bound["measured"] <= 1)


def test_a_shorter_trajectory_does_not_reproduce_its_largest_error():
    rows = claims_of(full_study(driven_frames=400))
    assert rows.loc["B.fig3b.max_error", "verdict"] == "order reproduced"
    assert "over 0.2 ps instead of 1" in rows.loc["B.fig3b.max_error", "rule"]
    assert rows.loc["B.fig3b.trajectory_length", "verdict"] == "differs"


@pytest.mark.parametrize(
    ("steps", "equilibration", "length", "when", "part"),
    [
        ((2000, 100, 1000), 1200.0, 0.0, "0.2 ps before", "over 1 ps, of them 1 ps of"),
        ((2000, 100, 1800), 600.0, 0.3, "0.4 ps after", "over 1 ps, of them 0.6 ps of"),
        ((6600, 6200, 10), 3000.0, 0.1, "0.3 ps after", "over 1 ps, of them 0.7 ps of"),
    ],
)
def test_dynamics_that_ended_early_is_decided_by_what_it_reached(
    steps, equilibration, length, when, part
):
    tables = full_study()
    ends = ends_table(*steps, asked=8000, equilibration=equilibration)
    rows = claims_of(with_ends(tables, ends))
    reached, error = (rows.loc[f"B.fig3b.{name}"] for name in ("trajectory_length", "max_error"))
    assert reached["measured"] == pytest.approx(length)
    assert reached["verdict"] == "differs"
    assert error["measured"] == pytest.approx(3 * 1.9)
    assert error["verdict"] == "order reproduced"
    assert f"{part} equilibration, instead of 1" in error["rule"]
    for row in (reached, error):
        text = row["explanation"]
        assert f"{when} the end of equilibration; {part} equilibration, ML-HK's MAE is" in text
        assert f"the reason: It broke at {steps[0]}; 0 of 3 runs lasted for 4 ps" in text


def test_both_readings_of_the_friction_are_told_with_their_fluctuations(claims):
    text = claims.loc["B.fig3b.max_error", "explanation"]
    assert "with the friction 413/ps (printed), whose MAE is" in text
    assert "with the friction 0.982/ps (ase) 0 of 2 runs lasted for 1 ps, the others" in text
    assert "of the longest run MAE is" in text
    told = "carbons fluctuate by 0.1 ± 0.002 Angstrom in ab-initio dynamics with a thermostat and,"
    told += (
        " in pieces of its length, by 0.11 ± 0.002 with printed, 0.2 ± 0.002 with ase; no reading"
    )
    assert told in text
    some = replace(full_study(), fluctuations=fluctuation_rows(ab_initio=0.1, ase=0.105))
    text = claims_of(some).loc["B.fig3b.max_error", "explanation"]
    assert "by an unknown amount, as no run lasted long enough, with printed" in text
    assert "within two standard errors ase agrees" in text
    unknown = claims_of(replace(some, fluctuations=fluctuation_rows(ab_initio=0.1)))
    text = unknown.loc["B.fig3b.max_error", "explanation"]
    assert "no reading of the friction can be compared" in text
    one_run = fluctuation_rows(ab_initio=0.1, ase=0.105).assign(uncertainty=None)
    text = claims_of(replace(full_study(), fluctuations=one_run)).loc["B.fig3b.max_error"]
    assert "one run has no standard error to compare them by" in text["explanation"]
    alike = fluctuation_rows(ab_initio=0.1, ase=0.105, printed=0.098)
    text = claims_of(replace(full_study(), fluctuations=alike)).loc["B.fig3b.max_error"]
    assert "all readings agree, so that this does not decide" in text["explanation"]
    for none in (None, fluctuation_rows(ase=0.2)):
        text = claims_of(replace(full_study(), fluctuations=none)).loc["B.fig3b.max_error"]
        assert "carbons" not in text["explanation"]


def test_the_length_of_dynamics_is_what_half_of_the_runs_reach():
    ends = ends_table(10, 2000, 2000)
    row = claims_of(with_ends(full_study(), ends)).loc["B.fig3b.trajectory_length"]
    assert row["verdict"] == "reproduced"
    assert "2 of 3 runs lasted for 1 ps, the other ended after 0.005" in row["explanation"]


def test_dynamics_without_a_calculated_frame_has_no_error():
    tables = full_study()
    broken = ends_table(0, asked=2000, equilibration=500.0)
    tables = with_ends(tables, broken, energies=TRAJECTORY_ENERGIES.empty())
    rows = claims_of(tables)
    assert rows.loc["B.fig3b.trajectory_length", "measured"] == 0
    assert rows.loc["B.fig3b.max_error", "verdict"] == "not run"
    assert "no frame has a reference energy" in rows.loc["B.fig3b.max_error", "explanation"]


def test_an_ab_initio_trajectory_without_frames_is_decided():
    tables = full_study()
    nothing = TRAJECTORY_ENERGIES.empty()
    transfer = PROTON_TRANSFER.empty()
    end = ends_table(0, asked=500)
    tables = replace(tables, ab_initio=nothing, transfer=transfer, ab_initio_end=end)
    rows = claims_of(tables)
    assert rows.loc["B.fig3a.trajectory_length", "measured"] == 0
    assert rows.loc["B.fig3a.transfer_first_frame", "verdict"] == "not run"
    assert "It broke at 0" in rows.loc["B.fig3a.transfer_first_frame", "explanation"]


def test_claims_say_where_too_many_calculations_failed():
    samples = ["ethane/300K", "ethane/test", "H2O", "malonaldehyde/300+350K-driven-printed"]
    samples.append("malonaldehyde/ab_initio")
    others = ("driven", "driven-ase", "transfer", "added1")
    samples += [f"malonaldehyde/300+350K-{name}" for name in others]
    calculations = pd.DataFrame(
        {
            "sample": samples,
            "geometries": 100,
            "failed": [3, 1, 2, 4, 5, 9, 9, 9, 9],
            "allowed_failures": 1,
        }
    )
    measured = conformer_measurements(full_study(), SETTINGS, PUBLISHED)
    noted = {each.id: each for each in note_failures(measured, calculations, "printed")}
    text = "with 3 of 100 reference calculations of ethane/300K failed"
    assert noted["B.table2.ethane.300K.dE.mae"].other_size == text
    assert text in noted["B.table2.ethane.300K.dE.mae"].explanation.replace("With", "with")
    assert noted["B.table2.ethane.300+350K.dE.mae"].other_size is None
    assert "4 of 100" in noted["B.fig3b.max_error"].other_size
    assert "5 of 100" in noted["B.table2.malonaldehyde.300+350K.dE_D.max"].other_size
    # Rounds of learning are none of the paper's.
    assert not any("9 of 100" in each.explanation for each in noted.values())


def test_an_error_of_another_order_differs_where_dynamics_ended_early_too():
    far = full_study().driven["printed"].energies
    far = far.assign(ml_hk_energy=far["reference_energy"] + 1)
    tables = with_ends(full_study(), ends_table(2000, asked=8000), energies=far)
    error = claims_of(tables).loc["B.fig3b.max_error"]
    assert error["verdict"] == "differs"
    assert error["measured"] == pytest.approx(KCAL_PER_MOL_PER_HARTREE)


def test_the_printed_size_is_compared_where_it_is_among_those_that_were_run():
    rows = claims_of(ConformerTables(errors=error_table([1000, 2000, 4000])))
    row = rows.loc["B.table2.ethane.300K.dE.mae"]
    assert row["measured"] == pytest.approx(0.05)
    assert "instead of" not in row["rule"]


def test_what_a_study_lacks_is_not_run():
    assert conformer_measurements(ConformerTables(), SETTINGS, PUBLISHED) == []
    rows = claims_of(ConformerTables(errors=error_table([2000], {"ethane": ("300K",)})))
    assert rows.loc["B.table2.ethane.300K.dE.mae", "measured"] == pytest.approx(0.05)
    assert rows.loc["B.table2.benzene.300K.dE.mae", "verdict"] == "not run"
    assert rows.loc["B.sec2.6.md_temperature_middle", "verdict"] == "not run"
    largest = rows.loc["B.sec2.6.large_molecules_mae"]
    assert largest["verdict"] == "order reproduced"
    assert "without benzene and malonaldehyde" in largest["rule"]
    assert rows.loc["B.fig3b.max_error", "verdict"] == "not run"


def test_a_trajectory_without_a_transfer_says_so():
    tables = full_study()
    none = tables.transfer.assign(transferring=False)
    row = claims_of(replace(tables, transfer=none)).loc["B.fig3a.transfer_first_frame"]
    assert row["verdict"] == "not run"
    assert "No proton transfer in 0.25 ps" in row["explanation"]


def test_the_first_of_several_transfers_is_taken():
    frames = transfer_table(energy_table(50, 0.5), 7, 15)
    frames.loc[frames["frame"].between(30, 40), "transferring"] = True
    assert ProtonTransfer.first_of(frames) == ProtonTransfer(7, 15)
    assert ProtonTransfer.first_of(frames[frames["frame"] <= 10]) == ProtonTransfer(7, 10)


def test_table_2_has_the_measured_beside_the_printed(tmp_path):
    table = bogojeski_table2(error_table([200, 400]), PUBLISHED)
    write_table(table, tmp_path / "table2.parquet", BOGOJESKI_TABLE2)
    stored = read_table(tmp_path / "table2.parquet", BOGOJESKI_TABLE2)
    assert set(stored["training_points"]) == {400}
    row = stored[(stored["molecule"] == "ethane") & (stored["sample"] == "300+400K")].iloc[1]
    assert (row["method"], row["quantity"]) == ("ML-HK", "dE_D")
    assert row["published_maximum"] * KCAL_PER_MOL_PER_HARTREE == pytest.approx(0.62)
    assert row["mae"] * KCAL_PER_MOL_PER_HARTREE == pytest.approx(1.5 * 0.92 / 4)
    text = bogojeski_table2_markdown(table, PUBLISHED)
    assert (
        "| 300+400K | test | ML-HK | dE_D | 2000 | 400 | 0.098 | 0.34 | 0.62 | 1.4 | 0.1 | 0.2 |"
        in text
    )
    assert "| 300K | test | ML-KS | dE | - | 400 | - | 0.5 | - | 2 | - | - |" in text
    reference = "| 300K | test | ML-HK, reference | dE | - | 400 | - | 0.33 | - | 1.3 | 0.1 | 0.2 |"
    assert reference in text
    assert "Mixing lowers the MAE of ML-HK's dE: 0.2 with 300+350K, 0.25 with 300K alone." in text
    assert "Mixing does not lower the MAE of ML-HK's dE: 0.375 with 300+400K" in text
    assert "MAE of ML-HK's dE below that of ML-KS in 3 of 3 pools: 0.25 and 0.5 with 300K" in text
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in lines} == {13}


def ab_initio_errors(sizes, worse=5.0):
    """Errors of malonaldehyde's maps on ab-initio dynamics, so many times larger."""
    errors = error_table(sizes, {"malonaldehyde": ("300+350K",)}).assign(test="ab_initio")
    return errors.assign(mae=worse * errors["mae"], maximum=worse * errors["maximum"])


def test_malonaldehyde_is_compared_where_it_was_printed():
    """On ab-initio dynamics; its errors on force-field snapshots and what is far are told."""
    settings = replace(SETTINGS, ab_initio_tests={"malonaldehyde": ("ab_initio", 150)})
    tables = full_study()
    both = claims_of(replace(tables, elsewhere=ab_initio_errors([1000, 2000])), settings)
    alone = claims_of(tables, settings)
    changed = both.index[both["measured"].fillna(0) != alone["measured"].fillna(0)]
    assert changed.tolist() == [
        *(name for name in both.index if name.startswith("B.table2.malonaldehyde.")),
        "B.sec2.6.large_molecules_mae",
    ]
    assert len(changed) == 5
    row = both.loc["B.table2.malonaldehyde.300+350K.dE.mae"]
    assert row["measured"] == pytest.approx(5 * 0.04)
    text = row["explanation"]
    assert "tested on 150 snapshots of ab-initio dynamics, as the printed error is" in text
    assert "On 200 snapshots of the force field at 300 K, which the pool is of, it is 0.04." in text
    # Frames 7 to 15 of 500 in the transfer, the last one outside with three times the error.
    among = (
        "dE of ML-HK is 0.5 in the mean and at most 0.5 in these and 0.5 in the mean and at most"
    )
    assert f"9 (1.8 %) are between the tautomers: {among} 1.5 in the others" in text
    assert "1 (0.2 %) are outside of the training domain: dE of ML-HK is 1.5 in the mean" in text
    largest = both.loc["B.sec2.6.large_molecules_mae"]
    assert largest["measured"] == pytest.approx(5 * 0.04)
    words = (
        "malonaldehyde 300+350K 0.2 (on ab-initio dynamics, by the force field 0.04) at M = 2000"
    )
    assert words in largest["explanation"]


def test_table_2_has_both_tests_of_malonaldehyde():
    errors, elsewhere = error_table([200, 400]), ab_initio_errors([200, 400])
    tests = {"malonaldehyde": "ab_initio"}
    table = bogojeski_table2(errors, PUBLISHED, elsewhere, tests)
    assert list(table["molecule"].unique()) == list(POOLS)
    rows = table[table["molecule"] == "malonaldehyde"]
    assert rows["test"].tolist() == ["ab_initio"] * 5 + ["test"] * 5
    printed = rows[rows["published_mae"].notna()]
    assert set(printed["test"]) == {"ab_initio"} and len(printed) == 2
    # Rows of the other molecules, and those on the force field's snapshots, are what they were.
    alone = bogojeski_table2(errors, PUBLISHED)
    measured = ["molecule", "sample", "test", "method", "quantity", "mae", "maximum"]
    kept = table.loc[table["test"] == "test", measured].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, alone[measured])
    text = bogojeski_table2_markdown(table, PUBLISHED)
    assert "| 300+350K | ab_initio | ML-HK | dE | 2000 | 400 | 0.27 | 1 |" in text
    assert "| 300+350K | test | ML-HK | dE | - | 400 | - | 0.2 |" in text
    assert "- Tested on ab_initio: MAE of ML-HK's dE below 1 kcal/mol in 0 of 1 pools." in text
    assert "- Tested on test: MAE of ML-HK's dE below 1 kcal/mol in 1 of 1 pools." in text


def test_a_further_test_has_a_panel_and_the_stars_where_it_is_the_printed_one():
    tests = {"malonaldehyde": "ab_initio"}
    figure = conformer_curves(
        error_table([100, 400]), PUBLISHED, ab_initio_errors([100, 400]), tests
    )
    axes = {axes.get_title(loc="left")[4:]: axes for axes in figure.axes if axes.axison}
    assert len(axes) == 8
    stars = {
        name: sum(line.get_marker() == "*" for line in panel.get_lines())
        for name, panel in axes.items()
    }
    assert stars["malonaldehyde, 300+350K,\ntested on ab_initio"] == 2
    assert stars["malonaldehyde, 300+350K,\ntested on test"] == 0
    assert stars["ethane, 300K"] == 2


def test_maps_that_learned_forces_are_none_of_paper_b():
    errors = error_table([100, 400])
    forces = errors.assign(learned_from="energies and forces", mae=errors["mae"] / 9)
    both = pd.concat([errors, forces], ignore_index=True)
    table = bogojeski_table2(both, PUBLISHED)
    pd.testing.assert_frame_equal(table, bogojeski_table2(errors, PUBLISHED))
    numbers = [
        conformer_measurements(ConformerTables(errors=rows), SETTINGS, PUBLISHED)
        for rows in (errors, both)
    ]
    assert numbers[0] == numbers[1]


def test_ranks_show_the_digits_that_decide_them():
    errors = error_table([400], {"ethane": ("300K", "300+350K")})
    mixed = (errors["sample"] == "300+350K") & (errors["method"] == "ML-HK")
    errors.loc[mixed, "mae"] *= 1.25 * 0.99996
    text = bogojeski_table2_markdown(bogojeski_table2(errors, PUBLISHED), PUBLISHED)
    assert "lowers the MAE of ML-HK's dE: 0.24999 with 300+350K, 0.25 with 300K alone." in text


def test_ranks_that_fail_are_told():
    errors = error_table([50])
    errors.loc[errors["method"] == "ML-KS", "mae"] *= 0.1
    text = bogojeski_table2_markdown(bogojeski_table2(errors, PUBLISHED), PUBLISHED)
    assert "MAE of ML-HK's dE below that of ML-KS in 0 of 3 pools: 2 and 0.4 with 300K" in text
    assert "MAE of ML-HK's dE below 1 kcal/mol in 0 of 3 pools." in text


def test_curves_show_both_maps_and_the_printed_values():
    figure = conformer_curves(error_table([100, 200, 400]), PUBLISHED)
    axes = {axes.get_title(loc="left")[4:]: axes for axes in figure.axes if axes.axison}
    assert len(axes) == 7
    panel = axes["ethane, 300+400K"]
    (line,) = [
        line
        for line in panel.get_lines()
        if line.get_marker() == "D" and line.get_linestyle() == "-"
    ]
    assert line.get_xdata().tolist() == [100, 200, 400]
    assert line.get_ydata() == pytest.approx(1.5 * 100 / np.array([100, 200, 400]))
    stars = [line for line in panel.get_lines() if line.get_marker() == "*"]
    assert [(star.get_xdata()[0], star.get_ydata()[0]) for star in stars] == [
        (2000, 0.14),
        (2000, 1.7),
    ]


def test_figure_2_shows_energies_errors_and_the_printed_errors():
    trajectories = full_study().classical
    figure = classical_trajectories(
        trajectories, {"benzene": ["300+350K", 400], "ethane": ["300K", 400]}, PUBLISHED
    )
    benzene, _, errors, _ = figure.axes
    reference, predicted = benzene.get_lines()
    energies = trajectories["benzene"]
    assert reference.get_xdata()[-1] == pytest.approx(20)
    difference = predicted.get_ydata() - reference.get_ydata()
    assert difference[0] == pytest.approx(0.5)
    assert np.mean(reference.get_ydata()) == pytest.approx(0, abs=1e-6)
    (outside,) = [line for line in errors.get_lines() if line.get_marker() == "x"]
    assert outside.get_ydata() == pytest.approx([-1.5])
    assert len(energies) == 200
    assert "MAE 0.5, largest 1.5 kcal/mol" in errors.get_title(loc="left")
    assert "0.37, 1.8" in errors.get_title(loc="left")
    assert "ML-KS" in texts(figure)


def test_figure_3_marks_the_transfer_and_the_largest_error():
    tables = full_study()
    figure = malonaldehyde_trajectories(
        tables.ab_initio,
        tables.transfer,
        tables.driven,
        ["300+350K", 400],
        PUBLISHED,
    )
    shown = texts(figure)
    assert "frames 7 to 15" in shown
    assert "published for $M$ = 2000: largest 5.7" in shown
    coordinate = next(axes for axes in figure.axes if "O1H" in axes.get_ylabel())
    assert coordinate.get_lines()[0].get_ydata()[0] == pytest.approx(ANGSTROM_PER_BOHR)
    span = coordinate.patches[0].get_extents().transformed(coordinate.transData.inverted())
    assert (span.x0, span.x1) == pytest.approx((4.0, 8.0))
    driven = next(axes for axes in figure.axes if "ML-HK's" in axes.get_title(loc="left"))
    reference, predicted = driven.get_lines()
    assert (len(reference.get_xdata()), len(predicted.get_xdata())) == (200, 2000)
    assert predicted.get_xdata()[-1] == pytest.approx(1.0)


def test_figure_3_shows_the_longest_run_and_the_survival_of_all():
    tables = full_study()
    driven = energy_table(2000, 0.5)
    runs = pd.concat([driven_table(driven[:9], 0), driven_table(driven, 1)])
    ends = ends_table(9, 2000, asked=3000, equilibration=500.0)
    figure = malonaldehyde_trajectories(
        tables.ab_initio,
        tables.transfer,
        with_ends(tables, ends, frames=runs).driven,
        ["300+350K", 400],
        PUBLISHED,
    )
    energies = next(axes for axes in figure.axes if "ML-HK's" in axes.get_title(loc="left"))
    times = [line.get_xdata() for line in energies.get_lines()]
    assert (min(map(min, times)), max(map(max, times))) == pytest.approx((0.0005, 1.0))
    assert times[-1] == pytest.approx([0.5, 0.5])
    survival = next(axes for axes in figure.axes if axes.get_ylabel() == "stable runs")
    printed, ase, _ = survival.get_lines()
    assert printed.get_xdata() == pytest.approx([0, 0.0045, 1.0])
    assert printed.get_ydata() == pytest.approx([1, 0.5, 0])
    assert ase.get_xdata() == pytest.approx([0, 0.05, 0.25])
    assert "printed, 413/ps: 0 of 2 lasted" in texts(figure)
    assert "ase, 0.982/ps: 0 of 2 lasted" in texts(figure)


def test_figure_3_is_drawn_of_dynamics_that_broke_at_once(tmp_path):
    nothing = TRAJECTORY_ENERGIES.empty()
    ends = ends_table(0, asked=3000, equilibration=500.0)
    start = driven_table(energy_table(1, 0.5))
    readings = {"printed": DrivenReading(nothing, start, ends, 413.41)}
    figure = malonaldehyde_trajectories(
        nothing, PROTON_TRANSFER.empty(), readings, ["300+350K", 400], PUBLISHED
    )
    save_figure(figure, tmp_path / "figure.png", tmp_path / "figure.pdf")
    assert texts(figure).count("no frame has a reference energy") == 2


def test_the_cost_of_settings_stands_against_their_error():
    figure = engine_accuracy(accuracy_table(), {"ethane": 0.8})
    (axes,) = figure.axes
    points = [line for line in axes.get_lines() if len(line.get_xdata()) == 1]
    places = {(line.get_xdata()[0], round(line.get_ydata()[0], 9)) for line in points}
    # The reference's error is zero, which a logarithmic axis has not: below all others.
    assert places == {(2.0, round(0.016 / 3, 9)), (0.7, 0.016)}
    assert len(points) == 3
    goals = [line for line in axes.get_lines() if line not in points]
    assert goals[0].get_ydata()[0] == 0.02
    assert goals[1].get_xdata()[0] == 0.8
    assert "tight (error 0 by definition)" in texts(figure)
    assert "ethane, goal 0.8 s" in texts(figure)


def test_the_cost_of_settings_stands_beside_their_error_as_a_table():
    other = accuracy_table().assign(molecule="benzene", geometries=20)
    text = engine_accuracy_markdown(pd.concat([accuracy_table(), other]))
    assert "## ethane, 10 geometries" in text
    assert "## benzene, 20 geometries" in text
    assert text.count("| tight | 2 | 14 | - | - | - |") == 2
    assert text.count("| study | 0.7 | 9 | 0.016 | 0.05 | 1.0e-04 |") == 2
    assert text.count("- study: pyscf") == 1


def test_figures_fit_the_page_and_can_be_saved(tmp_path):
    bare = energy_table(30, 10).assign(ml_ks_energy=None, in_domain=True)
    figures = (
        conformer_curves(error_table([100]), PUBLISHED),
        engine_accuracy(accuracy_table(), {}),
        classical_trajectories({"ethane": bare}, {"ethane": ("300K", 100)}, PUBLISHED),
        malonaldehyde_trajectories(
            bare,
            transfer_table(bare, 1, 0),
            {"printed": reading(bare, ends_table(500, asked=8000))},
            ("300+350K", 400),
            PUBLISHED,
        ),
    )
    for number, figure in enumerate(figures):
        assert figure.get_figwidth() <= DOUBLE_WIDTH
        save_figure(figure, tmp_path / f"{number}.png", tmp_path / f"{number}.pdf")


def test_a_pause_of_a_job_is_not_counted_as_work():
    counts = pd.DataFrame(
        {
            "sample": ["ethane/300K"],
            "geometries": 5,
            "failed": 0,
            "iterations": 5.0,
            "failure": None,
        }
    )
    energies = pd.DataFrame(
        {"seconds": [6.0, 6.0, 900.0, 12.0, 12.0], "forces": [*[None] * 3, *[np.zeros(3)] * 2]}
    )
    text = reference_calculations_markdown(counts, {"ethane/300K": energies})
    assert "| ethane/300K | 5 | 0 | 5 | 0.7 | 2 | 0.4 |" in text
