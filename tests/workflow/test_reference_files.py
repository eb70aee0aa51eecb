"""A user's files of a sample in place of its reference calculations."""

import numpy as np
import pandas as pd
import pytest
import yaml
from papers_molecules import find_molecule
from reruns import OWN_FILES

from hkmaps.maps.results import MAP_ERRORS
from hkmaps.molecules.results import GEOMETRIES, REFERENCE
from hkmaps.tables import read_table, stack
from hkmaps.units import ANGSTROM_PER_BOHR

FOLDER = "results/molecules/H2O"
ERRORS = "results/maps/H2O/errors.parquet"
LAYOUT = OWN_FILES["layout"]


def write_files(study, folder):
    """What another program might have written of the study's own calculations."""
    geometries = read_table(study / f"{FOLDER}/geometries.parquet", GEOMETRIES)
    reference = read_table(study / f"{FOLDER}/reference.parquet", REFERENCE)
    positions = stack(geometries["positions"]).reshape(len(geometries), -1, 3)
    symbols = find_molecule("H2O").symbols
    lines = []
    for frame in positions * ANGSTROM_PER_BOHR:
        lines += [str(len(symbols)), "written by a test"]
        lines += [
            f"{symbol} {x:.12f} {y:.12f} {z:.12f}"
            for symbol, (x, y, z) in zip(symbols, frame, strict=True)
        ]
    folder.mkdir()
    (folder / "geometries.xyz").write_text("\n".join(lines) + "\n")
    np.savetxt(folder / "energies.txt", reference["energy"], fmt="%.14f")
    np.save(folder / "densities.npy", stack(reference["coefficients"]))
    np.savetxt(folder / "test.txt", np.flatnonzero(geometries["split"] == "test"), fmt="%d")
    return {
        "geometries": "data/geometries.xyz",
        "energies": "data/energies.txt",
        "energy_unit": "Ha",
        "densities": "data/densities.npy",
        "test": "data/test.txt",
        "layout": LAYOUT,
    }


def test_files_of_the_same_calculations_give_their_tables_and_maps(copy):
    tables = {"geometries": GEOMETRIES, "reference": REFERENCE}
    before = {
        name: read_table(copy / f"{FOLDER}/{name}.parquet", schema)
        for name, schema in tables.items()
    }
    errors = read_table(copy / ERRORS, MAP_ERRORS)
    files = write_files(copy, copy / "data")
    run = copy.run(ERRORS, override={"molecules": {"files": {"H2O": files}}})
    assert run.returncode == 0, run.stderr
    assert "reference_chunk" not in run.stderr
    geometries, reference = (
        read_table(copy / f"{FOLDER}/{name}.parquet", schema) for name, schema in tables.items()
    )
    assert set(reference["engine"]) == {"files: geometries.xyz, energies.txt, densities.npy"}
    np.testing.assert_array_equal(geometries["split"], before["geometries"]["split"])
    np.testing.assert_allclose(reference["energy"], before["reference"]["energy"], atol=1e-12)
    for found, expected, name in (
        (geometries, before["geometries"], "positions"),
        (reference, before["reference"], "coefficients"),
    ):
        np.testing.assert_allclose(stack(found[name]), stack(expected[name]), atol=1e-10)
    # The text of a file rounds, by which K-means may choose the other of two equal neighbours.
    found = read_table(copy / ERRORS, MAP_ERRORS)
    rows = ["method", "quantity", "split", "training_points"]
    pd.testing.assert_frame_equal(found[rows], errors[rows])
    assert np.isfinite(found["mae"]).all()


def test_files_that_do_not_go_together_end_with_a_sentence_that_names_them(copy):
    files = write_files(copy, copy / "data")
    short = np.loadtxt(copy / "data/energies.txt")[:-1]
    np.savetxt(copy / "data/energies.txt", short)
    run = copy.run(ERRORS, override={"molecules": {"files": {"H2O": files}}})
    assert run.returncode != 0
    assert "energies.txt" in run.stderr and "Traceback" not in run.stderr


@pytest.mark.parametrize("sample", ["ethane/310K", "ethane/draw1/test"])
def test_files_of_an_unknown_sample_are_refused_before_anything_runs(checkout, sample):
    files = yaml.safe_load("{geometries: a, energies: b, densities: c, layout: {}}")
    run = checkout.run(override={"molecules": {"files": {sample: files}}})
    assert run.returncode != 0
    output = run.stdout + run.stderr
    assert f"molecules.files names the sample {sample}; there are H2, H2O, ethane/300K" in output
