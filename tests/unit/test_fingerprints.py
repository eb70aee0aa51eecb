import ast
import shutil

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
    (tmp_path / "script.py").write_text("from hkmaps.conditioning.pairs import pair_table\n")
    return copy


def forget():
    for cached in ("_summary", "_path"):
        getattr(hkmaps.fingerprints, cached).cache_clear()


def fingerprint(package):
    forget()
    return code_fingerprint(package.parent / "script.py")


@pytest.mark.parametrize("module", ["conditioning/pairs.py", "exact/quantities.py", "seeds.py"])
def test_it_changes_with_modules_that_the_script_imports(package, module):
    before = fingerprint(package)
    with (package / module).open("a") as file:
        file.write("\nedited = True\n")
    assert fingerprint(package) != before


@pytest.mark.parametrize("module", ["networks/__init__.py", "reporting/claims.py"])
def test_it_does_not_change_with_others(package, module):
    before = fingerprint(package)
    with (package / module).open("a") as file:
        file.write("\nedited = True\n")
    assert fingerprint(package) == before


def test_it_does_not_change_with_what_only_readers_see(package):
    before = fingerprint(package)
    for module in ("conditioning/pairs.py", "exact/grids.py", "tables.py"):
        path = package / module
        code = path.read_text()
        assert '"""Return' in code
        code = code.replace('"""Return', '"""Give back', 1).replace(" = ", "  =  ", 1)
        path.write_text(f"# A comment.\n\n{code}\n# The end.\n")
    schemas = package / "conditioning/pairs.py"
    code = schemas.read_text()
    assert code.count('"number of the first system"') == 1
    schemas.write_text(code.replace('"number of the first system"', '"one of the two"'))
    assert fingerprint(package) == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('Column("system_a", "integer"', 'Column("system_a", "number"'),
        ("np.abs(", "np.square("),
        ("from hkmaps.seeds import", "from hkmaps.seeds import *\nfrom hkmaps.seeds import"),
    ],
    ids=["schema", "formula", "import"],
)
def test_it_changes_with_what_a_module_does(package, old, new):
    before = fingerprint(package)
    path = package / "conditioning/pairs.py"
    code = path.read_text()
    assert old in code
    path.write_text(code.replace(old, new, 1))
    assert fingerprint(package) != before


def test_packages_hold_no_names_because_the_fingerprint_follows_imports():
    """Nor would one that reads the registry of functionals wait for the solvers beside it."""
    # The workflow alone reads the config, and all of it.
    for path in hkmaps.fingerprints.PACKAGE.glob("*/__init__.py"):
        if path.parent.name != "study":
            (statement,) = ast.parse(path.read_text(encoding="utf-8")).body
            assert isinstance(statement, ast.Expr), path


def test_a_calculation_depends_on_the_engine_that_is_chosen_and_on_no_other(package):
    (package.parent / "script.py").write_text("from hkmaps.molecules.engines import ENGINES\n")

    def chosen(engine):
        forget()
        module, _ = ENGINES[engine]
        return code_fingerprint(package.parent / "script.py", module)

    before = {name: chosen(name) for name in ("pyscf", "espresso")}
    with (package / "molecules/espresso_engine.py").open("a") as file:
        file.write("\nedited = True\n")
    assert chosen("pyscf") == before["pyscf"]
    assert chosen("espresso") != before["espresso"]


def test_an_engine_that_is_added_changes_no_calculation(package):
    (package.parent / "script.py").write_text("from hkmaps.molecules.engines import ENGINES\n")
    before = fingerprint(package)
    path = package / "molecules/engines.py"
    code = path.read_text()
    entry = '    "pyscf": ("hkmaps.molecules.pyscf_engine", "PyscfEngine"),\n'
    assert entry in code
    path.write_text(code.replace(entry, entry + entry.replace("pyscf", "other")))
    assert fingerprint(package) == before
    path.write_text(code.replace("isinstance(symbols, str) or", ""))
    assert fingerprint(package) != before


def test_type_checking_imports_do_not_count(package):
    (package.parent / "script.py").write_text("from hkmaps.networks.results import TABLE1\n")
    before = fingerprint(package)
    with (package / "networks/cnn.py").open("a") as file:
        file.write("\nedited = True\n")
    assert fingerprint(package) == before
