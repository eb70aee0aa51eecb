"""What is kept of the finished study: the archive, and the record in the documentation."""

import re
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


def test_the_record_links_what_it_holds_and_holds_what_is_in_the_results(copy):
    run = copy.run("record")
    assert run.returncode == 0, run.stdout + run.stderr
    record = copy / "results/record"
    text = (record / "README.md").read_text(encoding="utf-8")
    held = {path.name for path in record.glob("[!.]*")} - {"README.md"}
    assert set(re.findall(r"\]\(([^)]+)\)", text)) == held
    assert {
        "claims.md",
        "table1.md",
        "density_noise.md",
        "noise_response.md",
        "study_claims.png",
    } <= held
    assert (record / "claims.md").read_text() == (copy / "results/claims.md").read_text()
    # What the smoke config changes stands there, and one run counts as one.
    assert "`networks.repeats.count`: 2" in text
    again = copy.run("record")
    assert "Nothing to be done" in again.stdout + again.stderr
