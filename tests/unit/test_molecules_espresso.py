"""The engine espresso without Quantum ESPRESSO: a script stands for pw.x."""

import os

import numpy as np
import pytest

from hkmaps.densities.fourier import FourierBasis
from hkmaps.errors import InputError
from hkmaps.molecules import espresso_engine as module
from hkmaps.molecules.engines import SelfConsistencyError, reference_engine
from hkmaps.molecules.paw_sets import PAW_SETS

BASIS = FourierBasis(20.0, 4)
HYDROGEN = np.array([[-0.7, 0, 0], [0.7, 0, 0]])
TWO_STEPS = r"printf '     iteration #  1\n     iteration #  2\n'"
NOT_CONVERGED = r"printf '     convergence NOT achieved after   2 iterations: stopping\n'; exit 2"
ERROR = r"printf ' %%%%%%%%\n     Error in routine {} (1):\n     {}\n %%%%%%%%\n'; exit 1"


@pytest.fixture
def pseudopotentials(tmp_path):
    """Folder of files that say how many electrons they are for, carbon's excepted."""
    folder = tmp_path / "pseudo"
    folder.mkdir()
    for symbol, electrons in {"H": "1.000E+000", "O": " 6.00000"}.items():
        (folder / PAW_SETS[symbol]).write_text(f'<PP_HEADER z_valence="{electrons}"')
    return folder


@pytest.fixture
def engine_of(tmp_path, pseudopotentials):
    """Function that returns an engine whose pw.x runs lines of shell script."""

    def engine(*lines):
        program = tmp_path / "pw.x"
        log = f'cat "$2" >> {tmp_path}/inputs; ls hkmaps.save >> {tmp_path}/saved'
        version = r"""[ $# = 0 ] && printf '\n     Program PWSCF v.6.7 starts\n' && exit 1"""
        program.write_text("\n".join(["#!/bin/sh", version, log, *lines]))
        program.chmod(0o755)
        settings = {"command": str(program), "pseudopotentials": str(pseudopotentials)}
        return reference_engine("espresso", BASIS, settings)

    return engine


def test_a_missing_program_is_named_with_its_installation():
    with pytest.raises(InputError, match=r"'no-pw\.x' is not on the path; .* quantum-espresso "):
        reference_engine("espresso", BASIS, {"command": "no-pw.x"})


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"orbital_basis": "gth-szv"}, "no setting orbital_basis; its settings are functional"),
        ({"wave_function_cutoff": -90}, "wave-function cutoff of the engine espresso is -90 Ry"),
        ({"density_cutoff": 90}, "is 90 Ry; it must be at least four times .* of 90 Ry"),
        ({"tolerance": 0.0}, "tolerance of the engine espresso is 0.0 Ha"),
    ],
)
def test_wrong_settings_are_refused_at_once(settings, message):
    with pytest.raises(InputError, match=message):
        reference_engine("espresso", BASIS, {"command": "sh", **settings})


@pytest.mark.parametrize(
    ("symbols", "message"),
    [
        (("C", "O"), r"finds no C\.pbe-n-kjpaw_psl\.0\.1\.UPF, .* in .*pseudo; .*-data`"),
        (("H", "Xe"), "no PAW set of the element 'Xe'; it has those of H, C, N, O"),
        (("O", "H"), "OH has 7 valence electrons; only closed shells"),
    ],
)
def test_what_cannot_be_calculated_is_one_sentence(engine_of, tmp_path, symbols, message):
    with pytest.raises(InputError, match=message) as caught:
        engine_of().calculate(symbols, HYDROGEN)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "inputs").exists()


def test_pseudopotentials_are_found_by_the_environment(monkeypatch, pseudopotentials):
    monkeypatch.setenv("ESPRESSO_PSEUDO", str(pseudopotentials))
    engine = reference_engine("espresso", BASIS, {"command": "sh"})
    with pytest.raises(InputError, match=rf"finds no C\.pbe.* in {pseudopotentials};"):
        engine.calculate(("C", "O"), HYDROGEN)


def test_without_convergence_all_is_tried_and_nothing_is_left(engine_of, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "scratch"))
    monkeypatch.setattr("tempfile.tempdir", None)
    (tmp_path / "scratch").mkdir()
    engine = engine_of(TWO_STEPS, NOT_CONVERGED)
    with pytest.raises(SelfConsistencyError, match=r"in 6 iterations of mixing by 0\.7") as caught:
        engine.calculate(("H", "H"), HYDROGEN, restart={"charge-density.dat": b"near"})
    assert caught.value.iterations == 6
    # Only the first attempt starts from the density of a near geometry.
    inputs = (tmp_path / "inputs").read_text()
    assert [inputs.count(word) for word in ("startingpot", "mixing_beta", "'cg'")] == [1, 3, 1]
    assert (tmp_path / "saved").read_text().split() == ["charge-density.dat"]
    assert os.listdir(tmp_path / "scratch") == []


def test_the_input_has_the_published_settings(engine_of, tmp_path):
    with pytest.raises(SelfConsistencyError):
        engine_of(NOT_CONVERGED).calculate(("H", "H"), HYDROGEN)
    words = (tmp_path / "inputs").read_text().split()
    values = {key: words[words.index(key) + 2] for key in ("ecutwfc", "ecutrho", "conv_thr")}
    assert values == {"ecutwfc": "90", "ecutrho": "360", "conv_thr": "2e-09"}
    assert words[words.index("K_POINTS") + 1] == "gamma"
    # The middle of the cube is the origin of the positions.
    assert " ".join(words).count("H 0.4650000000 0.5000000000 0.5000000000") == len(module.ATTEMPTS)


def test_diagonalisation_that_fails_counts_as_an_attempt(engine_of):
    engine = engine_of(TWO_STEPS, ERROR.format("c_bands", "too many bands are not converged"))
    with pytest.raises(SelfConsistencyError):
        engine.calculate(("H", "H"), HYDROGEN)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (ERROR.format("check_atoms", "atoms overlap!"), r"refuses H2: atoms overlap! \(routine"),
        ("exit 3", r"ended with the exit status 3 and without a reason"),
    ],
)
def test_another_end_of_the_program_is_one_sentence(engine_of, line, message):
    with pytest.raises(InputError, match=message) as caught:
        engine_of(line).calculate(("H", "H"), HYDROGEN)
    assert "\n" not in str(caught.value)


def test_the_description_holds_version_and_settings(engine_of):
    assert engine_of().description == (
        "Quantum ESPRESSO 6.7, PBE, PAW, cutoffs 90 and 360 Ry, cube of 20 bohr, tolerance 1e-09 Ha"
    )
    with pytest.raises(InputError, match="does not print the version"):
        reference_engine("espresso", BASIS, {"command": "echo"}).description  # noqa: B018
