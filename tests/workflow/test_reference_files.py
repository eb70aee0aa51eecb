"""A user's files of a sample in place of its reference calculations."""

import numpy as np
import pandas as pd
from papers_molecules import find_molecule
from reruns import OWN_FILES

from hkmaps.maps.results import MAP_ERRORS
from hkmaps.molecules.results import GEOMETRIES, REFERENCE, REFERENCE_ENERGIES
from hkmaps.tables import read_table, stack
from hkmaps.units import ANGSTROM_PER_BOHR

SAMPLE = "results/molecules/H2O/drawn"
ERRORS = "results/maps/H2O/drawn/errors.parquet"
TABLES = {"chunks/geometries_0": GEOMETRIES, "chunks/reference_0": REFERENCE}


def write_files(study, folder):
    """What another program might have written of the study's own calculations."""
    geometries, reference = read_tables(study).values()
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
    return {
        "geometries": "data/geometries.xyz",
        "energies": "data/energies.txt",
        "energy_unit": "Ha",
        "densities": "data/densities.npy",
        "layout": OWN_FILES["layout"],
    }


def read_tables(study):
    return {
        name: read_table(study / f"{SAMPLE}/{name}.parquet", schema)
        for name, schema in TABLES.items()
    }


def of_files(files):
    """The override by which the water molecules come from files."""
    sample = {"coordinates": None, "geometries": None, "files": files}
    return {"molecules": {"H2O": {"samples": {"drawn": sample}}}}


def test_files_of_the_same_calculations_give_their_tables_and_maps(copy):
    before, errors = read_tables(copy), read_table(copy / ERRORS, MAP_ERRORS)
    files = write_files(copy, copy / "data")
    run = copy.run(ERRORS, override=of_files(files))
    assert run.returncode == 0, run.stderr
    assert "reference_chunk" not in run.stderr
    after = read_tables(copy)
    reference = after["chunks/reference_0"]
    assert set(reference["engine"]) == {"files: geometries.xyz, energies.txt, densities.npy"}
    expected = before["chunks/reference_0"]["energy"]
    np.testing.assert_allclose(reference["energy"], expected, atol=1e-12)
    for table, column in (
        ("chunks/geometries_0", "positions"),
        ("chunks/reference_0", "coefficients"),
    ):
        found, expected = (stack(tables[table][column]) for tables in (after, before))
        np.testing.assert_allclose(found, expected, atol=1e-10)
    # The text of a file rounds, by which K-means may choose the other of two equal neighbours.
    found = read_table(copy / ERRORS, MAP_ERRORS)
    rows = ["method", "quantity", "split", "training_points"]
    pd.testing.assert_frame_equal(found[rows], errors[rows])
    assert np.isfinite(found["mae"]).all()


def test_what_files_do_not_bring_the_engine_calculates(copy):
    known = read_tables(copy)["chunks/reference_0"]["energy"]
    files = write_files(copy, copy / "data")
    energies = "results/molecules/mine/train/energies.parquet"
    mine = {
        "structure": "config/molecules/H2O.xyz",
        "engine": "tzv2p",
        "samples": {
            "train": {"files": {"geometries": files["geometries"]}},
            "test": {"displacement": 0.02, "geometries": 4},
        },
        "maps": {"pools": ["train"], "test": "test", "sizes": [5]},
    }
    run = copy.run(energies, override={"molecules": {"mine": mine}})
    assert run.returncode == 0, run.stderr
    calculated = read_table(copy / energies, REFERENCE_ENERGIES)["energy"]
    # Those that are chosen for the largest M.
    assert len(calculated) == 5
    assert all(np.abs(known - energy).min() < 1e-6 for energy in calculated)


def test_files_that_do_not_go_together_end_with_a_sentence_that_names_them(copy):
    files = write_files(copy, copy / "data")
    short = np.loadtxt(copy / "data/energies.txt")[:-1]
    np.savetxt(copy / "data/energies.txt", short)
    run = copy.run(ERRORS, override=of_files(files))
    assert run.returncode != 0
    assert "energies.txt" in run.stderr and "Traceback" not in run.stderr
