import shutil
from pathlib import Path

import pytest

import hkmaps.fingerprints
from hkmaps.fingerprints import code_fingerprint
from hkmaps.molecules.engines import ENGINES


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A copy of the package that may be edited, and a script that imports one of its modules."""
    copy = tmp_path / "hkmaps"
    shutil.copytree(hkmaps.fingerprints.PACKAGE, copy)
    monkeypatch.setattr(hkmaps.fingerprints, "PACKAGE", copy)
    (tmp_path / "script.py").write_text("from hkmaps.conditioning import pair_table\n")
    return copy


def fingerprint(package):
    hkmaps.fingerprints._imports.cache_clear()
    return code_fingerprint(package.parent / "script.py")


@pytest.mark.parametrize("module", ["conditioning/pairs.py", "exact/grids.py", "seeds.py"])
def test_it_changes_with_modules_that_the_script_imports(package, module):
    before = fingerprint(package)
    with (package / module).open("a") as file:
        file.write("\n# edited\n")
    assert fingerprint(package) != before


@pytest.mark.parametrize("module", ["networks/__init__.py", "reporting/claims.py"])
def test_it_does_not_change_with_others(package, module):
    before = fingerprint(package)
    with (package / module).open("a") as file:
        file.write("\n# edited\n")
    assert fingerprint(package) == before


def test_scripts_import_lazy_packages_by_module_because_the_fingerprint_follows_imports():
    scripts = Path(__file__).parents[2] / "workflow/scripts"
    for script in scripts.glob("*.py"):
        text = script.read_text()
        for package in ("networks", "maps", "molecules"):
            assert f"from hkmaps.{package} import" not in text, script.name


def test_a_calculation_depends_on_the_engine_that_is_chosen_and_on_no_other(package):
    (package.parent / "script.py").write_text("from hkmaps.molecules.engines import ENGINES\n")

    def chosen(engine):
        hkmaps.fingerprints._imports.cache_clear()
        module, _ = ENGINES[engine]
        return code_fingerprint(package.parent / "script.py", module)

    before = {name: chosen(name) for name in ("pyscf", "espresso")}
    with (package / "molecules/espresso_engine.py").open("a") as file:
        file.write("\n# edited\n")
    assert chosen("pyscf") == before["pyscf"]
    assert chosen("espresso") != before["espresso"]


def test_type_checking_imports_do_not_count(package):
    (package.parent / "script.py").write_text("from hkmaps.networks.results import TABLE1\n")
    before = fingerprint(package)
    with (package / "networks/cnn.py").open("a") as file:
        file.write("\n# edited\n")
    assert fingerprint(package) == before
