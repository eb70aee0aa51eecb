"""What paper B prints of H2 and H2O besides Table 1, from tables with known answers."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from molecule_tables import geometry_table

from hkmaps.reporting.claims import decide
from hkmaps.reporting.measurements.molecule_settings import (
    coupled_cluster_measurement,
    degrees_of_freedom,
    potential_measurements,
    setting_measurements,
)
from hkmaps.reporting.measurements.record import measurement_frame
from hkmaps.reporting.published import read_published
from hkmaps.units import ANGSTROM_PER_BOHR, KCAL_PER_MOL_PER_HARTREE

PUBLISHED = read_published(Path(__file__).parents[2] / "config" / "published.csv")
GEOMETRIES = {"H2": geometry_table("H2", 60), "H2O": geometry_table("H2O", 70)}
TESTS = dict.fromkeys(GEOMETRIES, 50)
PYSCF = {"name": "pyscf", "settings": {"orbital_basis": "gth-tzv2p"}}
ESPRESSO = {"name": "espresso", "settings": {"wave_function_cutoff": 90}}


def decided(measurements):
    """Claims of the measured numbers, by the last part of their ids."""
    frame = measurement_frame(measurements)
    claims = decide(PUBLISHED, frame)
    return claims[claims["id"].isin(frame["id"])].set_index("id")


def width_table(best=0.2):
    rows = [
        {
            "molecule": molecule,
            "split": split,
            "method": method,
            "gamma": width / ANGSTROM_PER_BOHR,
            "cv_error": (1 + (np.log(width / at)) ** 2) * (1 + split),
            "mae": width,
        }
        for molecule in ("H2", "H2O")
        for split in range(3)
        for method, at in (("ML-HK", best), ("ML-KS", 0.4))
        for width in (0.1, 0.2, 0.4)
    ]
    return pd.DataFrame(rows)


def spacing_table(deviations):
    spacings = np.array([0.06, 0.08, 0.1]) / ANGSTROM_PER_BOHR
    return pd.DataFrame({"molecule": "H2O", "spacing": spacings, "deviation": deviations})


def test_the_published_settings_are_reproduced():
    claims = decided(setting_measurements(PYSCF, 20, 25, GEOMETRIES, TESTS))
    assert len(claims) == 7
    done = claims.drop("B.sec2.1.wave_function_cutoff")
    assert set(done["verdict"]) == {"reproduced"}
    assert claims.loc["B.sec2.6.basis_coefficients", "measured"] == 125_000


def test_other_settings_differ_or_are_not_run():
    claims = decided(setting_measurements(PYSCF, 18, 6, GEOMETRIES, {"H2": 50, "H2O": 40}))
    verdicts = claims["verdict"]
    assert verdicts["B.sec2.1.box_length"] == "differs"
    assert verdicts["B.sec2.6.basis_coefficients"] == "differs"
    assert verdicts["B.sec2.6.test_systems"] == "not run"
    assert "40 of 70 H2O" in claims.loc["B.sec2.6.test_systems", "explanation"]


def test_only_plane_waves_have_a_cutoff():
    name = "B.sec2.1.wave_function_cutoff"
    gaussians = decided(setting_measurements(PYSCF, 20, 25, GEOMETRIES, TESTS)).loc[name]
    assert gaussians["verdict"] == "not run"
    assert "Gaussians (gth-tzv2p), which have no cutoff" in gaussians["explanation"]
    waves = setting_measurements(ESPRESSO, 20, 25, GEOMETRIES, TESTS)
    claims = decided(waves)
    assert claims.loc[name, "verdict"] == "reproduced"


def test_degrees_of_freedom_are_those_that_vary():
    assert degrees_of_freedom(GEOMETRIES["H2"]) == 1
    assert degrees_of_freedom(GEOMETRIES["H2O"]) == 3
    assert degrees_of_freedom(GEOMETRIES["H2O"].assign(coordinates=None)) == 3
    one_angle = GEOMETRIES["H2O"].copy()
    one_angle["coordinates"] = [np.array([*row[:2], 1.8]) for row in one_angle["coordinates"]]
    assert degrees_of_freedom(one_angle) == 2


def test_one_width_serves_all_molecules():
    width, _ = potential_measurements(width_table(), spacing_table([1e-15, 1e-14, 1e-9]))
    assert width.measured == pytest.approx(0.2)
    assert width.measured_repeats == 3
    assert "the energies of ML-KS prefer 0.4" in width.explanation
    worse, _ = potential_measurements(width_table(best=0.4), spacing_table([1e-15] * 3))
    assert decided([worse])["verdict"].item() == "order reproduced"


@pytest.mark.parametrize(
    ("deviations", "spacing"),
    [([1e-15, 1e-14, 1e-9], 0.08), ([1e-15, 1e-9, 1e-14], 0.06), ([1e-9, 1e-15, 1e-15], None)],
)
def test_the_coarsest_spacing_that_is_exact_down_to_the_finest(deviations, spacing):
    _, found = potential_measurements(width_table(), spacing_table(deviations))
    assert found.measured == (None if spacing is None else pytest.approx(spacing))


def test_the_functional_s_error_knows_no_common_shift():
    energies = np.linspace(-76.4, -76.3, 5)
    errors = np.array([1, -1, 1, -1, 0]) / KCAL_PER_MOL_PER_HARTREE
    numbers = np.arange(5)
    coupled = pd.DataFrame({"geometry": numbers, "energy": energies, "orbital_basis": "cc-pvtz"})
    coupled = coupled.assign(ccsd_energy=energies, hartree_fock_energy=energies)
    reference = pd.DataFrame(
        {"geometry": [*numbers, 5], "energy": [*(energies + errors + 59.0), np.nan]}
    ).assign(converged=[True] * 5 + [False])
    path = Path("results/molecules/H2O/drawn/coupled_cluster.parquet")
    found = coupled_cluster_measurement("C.text.H2O.PBE.mae", reference, coupled, path)
    assert found.id == "C.text.H2O.PBE.mae"
    assert found.explanation.endswith("(molecules/H2O/drawn/coupled_cluster.parquet).")
    assert found.measured == pytest.approx(0.8)
    assert "relative to the lowest geometry, as the paper may have it, 1;" in found.explanation
    bare = coupled_cluster_measurement("C.text.H2.PBE.mae", reference, coupled, path, cores=False)
    assert bare.measured == found.measured
    assert f"there are no cores, {59 * KCAL_PER_MOL_PER_HARTREE:.2g};" in bare.explanation
