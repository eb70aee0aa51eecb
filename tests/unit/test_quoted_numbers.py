"""What the documentation quotes is what a run or a benchmark left.

A paragraph that quotes a run of the study ends with an invisible list of its numbers and where each
one stands in docs/published: an id of claims.csv (the measured number, the printed one, or one that
its explanation names), a table with cells of a row and the column, or the sentences of a page.

    <!-- quoted: 37.4 A.table1.atoms.E[n]; 38 A.table1.atoms.E[n] printed;
         23 A.sec2.1.2.one_electron_error explained; 22 follow_up.md said;
         56 claims.md | arnstein2025 | results | all -->
"""

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

REPOSITORY = Path(__file__).parents[2]
PUBLISHED = REPOSITORY / "docs/published"
PAGES = (
    REPOSITORY / "README.md",
    REPOSITORY / "paper/paper.md",
    *sorted((REPOSITORY / "docs").glob("*.md")),
)
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")


@dataclass(frozen=True)
class Quote:
    page: str
    text: str
    source: str
    paragraph: str


def quotes(page: Path) -> list[Quote]:
    """The quotes of a page, each with the text since the list or the heading before it."""
    pieces = re.split(r"<!-- quoted:(.*?)-->", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    found = []
    for text, listed in zip(pieces[::2], pieces[1::2], strict=False):
        paragraph = one_line(re.split(r"^#+ ", text, flags=re.MULTILINE)[-1])
        for entry in one_line(listed).split(";"):
            number, _, source = entry.strip().partition(" ")
            found.append(Quote(page.name, number, source, paragraph))
    return found


def one_line(text: str) -> str:
    return " ".join(text.split())


@cache
def claims() -> pd.DataFrame:
    return pd.read_csv(PUBLISHED / "claims.csv").set_index("id")


def numbers_at(source: str) -> list[str]:
    """The numbers at a source as they stand there, whether one or several."""
    if source.endswith(" said"):
        lines = (PUBLISHED / source.removesuffix(" said")).read_text(encoding="utf-8").splitlines()
        return NUMBER.findall("\n".join(line for line in lines if not line.startswith("|")))
    if " | " not in source:
        name, _, which = source.partition(" ")
        columns = {"": "measured", "printed": "published", "explained": "explanation"}
        return NUMBER.findall(str(claims().loc[name, columns[which]]))
    page, *cells, column = source.split(" | ")
    found = [
        row[header.index(column)]
        for headings, header, row in table_rows((PUBLISHED / page).read_text(encoding="utf-8"))
        if set(cells) <= {*headings, *row} and column in header
    ]
    assert len(found) == 1, f"{source} is {len(found)} cells"
    return NUMBER.findall(found[0])


def table_rows(text: str):
    """Headings above, header and cells of every row of the tables of a Markdown page."""
    headings, header = [], None
    for line in text.splitlines():
        if line.startswith("#"):
            marks, _, title = line.partition(" ")
            headings = [*headings[: len(marks) - 1], title]
        if not line.startswith("|"):
            header = None
            continue
        cells = [cell.strip().strip("*") for cell in line.strip("|").split("|")]
        if header is None:
            header = cells
        elif not set(line) <= set("|- :"):
            yield headings, header, cells


def says(text: str, number: str) -> bool:
    """Whether a number in a text is this one, rounded to its digits."""
    return Decimal(number).quantize(Decimal(text)) == Decimal(text)


@pytest.mark.parametrize(
    "quote",
    [quote for page in PAGES for quote in quotes(page)],
    ids=lambda quote: f"{quote.page}: {quote.text} {quote.source}",
)
def test_a_page_says_what_the_record_holds(quote):
    assert quote.text in NUMBER.findall(quote.paragraph)
    numbers = numbers_at(quote.source)
    # Of the many numbers of sentences one must be this one as it stands.
    exactly = quote.source.endswith((" said", " explained"))
    says_it = str.__eq__ if exactly else says
    assert any(says_it(quote.text, number) for number in numbers), f"it is {numbers}"


def test_numbers_are_rounded_to_the_digits_that_are_quoted():
    assert says("37.4", "37.44")
    assert not says("37.4", "37.46")
    assert says("8e-5", "0.000084")
    assert not says("8e-5", "8.6e-05")


def test_quotes_of_a_page_and_cells_of_a_table(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "# Errors\n\nText.\n\nIt errs by 0.21 kcal/mol\non average.\n"
        "<!-- quoted: 0.21 A.one;\n     1.3 table.md | M = 400 | MAE -->\n",
        encoding="utf-8",
    )
    first, second = quotes(page)
    assert (first.text, first.source) == ("0.21", "A.one")
    assert "0.21 kcal/mol on average." in first.paragraph
    assert second.source == "table.md | M = 400 | MAE"
    table = "# Maps\n\n## Ethane\n\n| map | MAE |\n| --- | --- |\n| M = 400 | **1.3 ± 0.2** |\n"
    assert list(table_rows(table)) == [
        (["Maps", "Ethane"], ["map", "MAE"], ["M = 400", "1.3 ± 0.2"])
    ]


def benchmark(name):
    path = REPOSITORY / f"benchmarks/results/{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def two_electrons():
    measured = benchmark("two_electrons")
    ratios = [system["ratio"] for system in measured["systems"]]
    assert max(system["energy_difference"] for system in measured["systems"]) < 1e-12
    yield (
        f"the {measured['published_systems']} published systems in"
        f" {measured['published_seconds']:.1f} s on one core,"
        f" {min(ratios):.0f} to {max(ratios):.0f} times faster than iDEA"
        " at energies equal to 1e-12 Ha"
    )


def networks():
    ratios = [batch["ratio"] for batch in benchmark("networks")["batches"]]
    yield (
        f"each equal to a network trained alone: {min(ratios):.1f} to {max(ratios):.1f} times"
        " faster than one Lightning `Trainer` for each"
    )


def calculator():
    measured = benchmark("calculator")
    short, full = measured["training_with_forces"]
    yield (
        f"ML-KS of malonaldehyde from {short['training_points']} geometries with forces is trained"
        f" in {short['training_seconds']:.0f} s on one core, from {full['training_points']} in"
        f" {full['training_seconds']:.0f} s with {full['process_peak_gigabytes']:.1f} GB"
    )
    alone, together = (measured["runs"][f"runs_{count}"] for count in (1, 20))
    step = measured["steps"]["ML-KS from energies and forces"]
    yield (
        f"makes {rounded(alone['steps_per_second'])} steps a second,"
        f" {rounded(together['steps_per_second'])} where 20 runs move together; a step of the"
        f" reference engine takes {rounded(step['reference_step_over_ml_step'])} times as long"
    )


def own_molecules():
    molecules = benchmark("own_molecules")["molecules"].values()
    most = {key: max(found[key] for found in molecules) for key in ("energy_mae", "force_mae")}
    assert all(found["lasted_after_round"][-1] == found["runs"] == 10 for found in molecules)
    yield (
        f"at most {max(found['calculations'] for found in molecules)} calculations with forces and"
        " some ten minutes of a core leave at most"
        f" {most['energy_mae']:.1g} kcal/mol and {most['force_mae']:.2g} kcal/mol/Angstrom on the"
        " map's own dynamics at 300 K, in which ten of ten runs last 20 ps"
    )


def test_the_table_of_own_molecules_is_what_was_measured():
    text = (REPOSITORY / "docs/own_molecule.md").read_text(encoding="utf-8")
    for name, found in benchmark("own_molecules")["molecules"].items():
        lasted = ", ".join(map(str, found["lasted_after_round"]))
        assert (
            f"| {name} | {found['calculations']} | {found['energy_mae']:.1g} |"
            f" {found['force_mae']:.2g} | {lasted} of {found['runs']} |"
            f" {found['processor_minutes']:.0f} min |"
        ) in text


def rounded(value):
    """To three digits; another run of a benchmark gives no more of them again."""
    return f"{float(f'{value:.3g}'):.0f}"


@pytest.mark.parametrize("sentences", [two_electrons, networks, calculator, own_molecules])
def test_the_readme_says_what_a_benchmark_measured(sentences):
    text = one_line((REPOSITORY / "README.md").read_text(encoding="utf-8"))
    for sentence in sentences():
        assert sentence in text
