"""The deposit of the finished study, by `snakemake deposit`."""

import zipfile

from hkmaps.reporting.deposit import deposited


def test_a_finished_study_is_one_archive(copy):
    run = copy.run("deposit")
    assert run.returncode == 0, run.stdout + run.stderr
    with zipfile.ZipFile(copy / "results/deposit.zip") as archive:
        packed = {name for name in archive.namelist() if name.startswith("results/")}
    found = {
        path.relative_to(copy.folder).as_posix()
        for path in (copy / "results").rglob("*")
        if path.is_file() and path.name != "deposit.zip"
    }
    # All that the study made, and nothing that lies beside it.
    assert packed == set(deposited(found))
    again = copy.run("deposit")
    assert "Nothing to be done" in again.stdout + again.stderr
