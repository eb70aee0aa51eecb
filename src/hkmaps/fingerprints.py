"""Fingerprints of code: what a script depends on inside this package, as one short hash.

Snakemake sees when a script changes, not when a module that it imports does. A rule that carries
the fingerprint of its script among its parameters runs again exactly when that code changes in what
it does: comments, docstrings, the layout of the text and what tables say of their columns are for
readers and do not count. Nor does a registry of modules by name, such as `ENGINES`: the module that
a job chooses from it is given beside its script, and one that is added is in nobody's way.

To read the code of the whole library takes two seconds, and Snakemake starts often: so what a text
does and imports is kept in the user's folder of caches, by the hash of the text.
"""

import ast
import functools
import hashlib
from collections.abc import Iterator
from importlib.util import resolve_name
from pathlib import Path

from hkmaps.kept_summaries import CodeSummary, KeptSummaries

PACKAGE = Path(__file__).parent

_DESCRIPTIONS = {"TableSchema": 1, "Column": 3}
"""Classes of `hkmaps.tables` -> place of their description among the arguments."""


def code_fingerprint(script: Path, *modules: str) -> str:
    """Return a hash of all modules of hkmaps that a script imports, directly or not.

    Args:
        script: a Python file.
        modules: names of further modules of hkmaps that it will import, such as an engine that the
            config chooses.

    Returns:
        Twelve hexadecimal digits, which change when one of these modules does something else.
    """
    behind = sorted(modules_behind(script, *modules).items())
    lines = [f"{module} {_summary(path, _package(module, path)).digest}" for module, path in behind]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


def modules_behind(script: Path, *modules: str) -> dict[str, Path]:
    """Return the modules of hkmaps that a script imports, directly or not, and their files.

    Args:
        script: a Python file.
        modules: names of further modules of hkmaps that it will import.
    """
    pending, seen = {*_summary(Path(script), "").imports, *modules}, {}
    while pending:
        module = pending.pop()
        path = _path(module)
        if path is None or module in seen:
            continue
        seen[module] = path
        pending |= _summary(path, _package(module, path)).imports
    return seen


_KEPT = KeptSummaries(Path(__file__).read_bytes())


@functools.cache
def _summary(path: Path, package: str) -> CodeSummary:
    source = path.read_bytes()
    return _KEPT.of(source, package, lambda: _summarised(ast.parse(source, str(path)), package))


def _summarised(tree: ast.Module, package: str) -> CodeSummary:
    # In this order: the names that only a registry mentions are imported all the same.
    imports = _imports(tree, package)
    # The code in one layout, without what only readers see.
    done = ast.unparse(_WithoutWords().visit(tree))
    return CodeSummary(hashlib.sha256(done.encode()).hexdigest(), imports)


def _package(module: str, path: Path) -> str:
    """The package that relative imports of a module start from."""
    return module if path.name == "__init__.py" else module.rpartition(".")[0]


class _WithoutWords(ast.NodeTransformer):
    """Takes docstrings, descriptions of tables and columns, and registries out of a tree."""

    def visit_Expr(self, node: ast.Expr) -> ast.Expr:
        """Empty a string that stands by itself, as docstrings of modules, functions, values do."""
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            node.value.value = ""
        return self.generic_visit(node)

    def visit_Dict(self, node: ast.Dict) -> ast.AST:
        """Empty a registry of modules by name."""
        if node.values and all(map(_names_a_module, node.values)):
            return ast.Dict(keys=[], values=[])
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.Call:
        """Empty the description of a table or a column."""
        name = node.func.id if isinstance(node.func, ast.Name) else None
        place = _DESCRIPTIONS.get(name)
        if place is not None:
            if len(node.args) > place:
                node.args[place] = ast.Constant("")
            for word in node.keywords:
                if word.arg == "description":
                    word.value = ast.Constant("")
        return self.generic_visit(node)


def _names_a_module(node: ast.expr) -> bool:
    """Whether a value is the name of a module of hkmaps and of something in it."""
    if not isinstance(node, ast.Tuple) or len(node.elts) != len(("module", "name")):
        return False
    module = node.elts[0]
    return isinstance(module, ast.Constant) and str(module.value).startswith(f"{PACKAGE.name}.")


def _imports(tree: ast.Module, package: str) -> frozenset[str]:
    """Names of hkmaps modules (and of things in them) that a file imports, at any depth."""
    names = set()
    for node in _walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = resolve_name("." * node.level + base, package)
            # `from package import name` may import a module or a name in the package.
            names |= {base} | {f"{base}.{alias.name}" for alias in node.names}
    parents = {
        ".".join(name.split(".")[:depth])
        for name in names
        for depth in range(1, name.count(".") + 2)
    }
    return frozenset(name for name in parents if name.split(".")[0] == PACKAGE.name)


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those under `if TYPE_CHECKING`, which never runs."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"):
            yield from _walk(child)


@functools.cache
def _path(module: str) -> Path | None:
    """The file of a module of hkmaps, or None for a name that is not a module."""
    base = PACKAGE.joinpath(*module.split(".")[1:])
    for path in (base / "__init__.py", base.with_suffix(".py")):
        if path.is_file():
            return path
    return None
