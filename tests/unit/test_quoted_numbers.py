"""What the README quotes is what a benchmark left in benchmarks/results."""

import json
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


def quoted(text):
    """Text of a page in one line, as far as line breaks say nothing."""
    return " ".join(text.split())


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


def rounded(value):
    """To three digits; another run of a benchmark gives no more of them again."""
    return f"{float(f'{value:.3g}'):.0f}"


@pytest.mark.parametrize("sentences", [two_electrons, networks, calculator])
def test_the_readme_says_what_a_benchmark_measured(sentences):
    text = quoted((REPOSITORY / "README.md").read_text(encoding="utf-8"))
    for sentence in sentences():
        assert sentence in text
