"""What the code must never do: run what a file says, give the config to a shell, use a network.

Nor may the locale decide how text is read or written.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hkmaps.densities.fourier import FourierBasis
from hkmaps.errors import InputError
from hkmaps.molecules.engines import reference_engine

REPOSITORY = Path(__file__).parents[2]
SOURCES = sorted(
    path for folder in ("src", "workflow") for path in (REPOSITORY / folder).rglob("*.py")
)
RULES = [
    REPOSITORY / "Snakefile",
    REPOSITORY / "workflow/Snakefile",
    *sorted((REPOSITORY / "workflow").rglob("*.smk")),
]

RUN_FILES = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
"""Modules whose loading of a file can run code in it."""

NETWORK = {"urllib.request", "http.client", "ftplib", "smtplib", "requests", "httpx"}
NETWORK |= {"aiohttp", "urllib3", "huggingface_hub", "paramiko"}

SAFE_LOADS = {
    "numpy.load": ("allow_pickle", False),
    "numpy.lib.format.read_array": ("allow_pickle", False),
    "torch.load": ("weights_only", True),
}
"""Loading functions, and the argument without which they may run code in the file."""

RUN_TEXT = {"os.system", "os.popen", "eval", "exec", "pandas.read_pickle", "yaml.load"}
RUN_TEXT |= {"yaml.unsafe_load", "yaml.full_load", "subprocess.getoutput"}
CONNECT = {"socket.socket", "socket.create_connection", "socket.getaddrinfo"}
SHELL = {f"subprocess.{name}" for name in ("run", "Popen", "call", "check_call", "check_output")}


def faults(text: str) -> list[str]:
    """What of the above a Python text does, with its line."""
    tree = ast.parse(text)
    aliases, found = {}, []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                aliases[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
                found += _imported(node, alias.name)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                aliases[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                found += _imported(node, f"{node.module}.{alias.name}")
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            found += _called(node, aliases)
    return found


def _imported(node: ast.AST, name: str) -> Iterator[str]:
    parts = name.split(".")
    if any(".".join(parts[:end]) in RUN_FILES | NETWORK for end in range(1, len(parts) + 1)):
        yield f"line {node.lineno}: import of {name}"


def _called(node: ast.Call, aliases: dict[str, str]) -> Iterator[str]:
    first, _, rest = ast.unparse(node.func).partition(".")
    name = ".".join(filter(None, (aliases.get(first, first), rest)))
    arguments = {keyword.arg: keyword.value for keyword in node.keywords}
    if name in SAFE_LOADS:
        argument, wanted = SAFE_LOADS[name]
        value = arguments.get(argument)
        if not (isinstance(value, ast.Constant) and value.value is wanted):
            yield f"line {node.lineno}: {name} without {argument}={wanted}"
    if name in RUN_TEXT | CONNECT:
        yield f"line {node.lineno}: call of {name}"
    shell = arguments.get("shell")
    if name in SHELL and not (
        shell is None or (isinstance(shell, ast.Constant) and shell.value is False)
    ):
        yield f"line {node.lineno}: {name} with a shell"


def test_the_code_loads_no_pickle_starts_no_shell_and_uses_no_network():
    found = {path: faults(path.read_text()) for path in SOURCES}
    assert len(found) > 150
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "text",
    [
        "import pickle",
        "from joblib import load",
        "import numpy as np\nnp.load('a')",
        "from numpy import load as read\nread('a', allow_pickle=True)",
        "import torch\ntorch.load('a')",
        "import torch\ntorch.load('a', weights_only=False)",
        "import pandas as pd\npd.read_pickle('a')",
        "import subprocess\nsubprocess.run('a', shell=True)",
        "from subprocess import Popen\nPopen('a', shell=variable)",
        "import os\nos.system('a')",
        "import yaml\nyaml.load('a')",
        "def f():\n    from urllib.request import urlopen",
        "import socket\nsocket.create_connection(('a', 80))",
        "eval('1')",
    ],
)
def test_each_of_them_would_be_found(text):
    assert faults(text)


def of_the_locale(text: str) -> list[str]:
    """Calls of a Python text that read or write text in the encoding of the locale."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func).rpartition(".")[2]
        arguments = {keyword.arg: keyword.value for keyword in node.keywords}
        values = [*node.args, *arguments.values()]
        binary = any(
            isinstance(v, ast.Constant) and re.fullmatch("[rwax+]*b[+]?", str(v.value))
            for v in values
        )
        is_text = name in ("read_text", "write_text", "FileHandler") or (
            name in ("open", "fdopen") and not binary
        )
        if (is_text or "text" in arguments) and "encoding" not in arguments:
            found.append(f"line {node.lineno}: {ast.unparse(node.func)} without an encoding")
    return found


def test_the_locale_decides_no_encoding():
    benchmarks = sorted((REPOSITORY / "benchmarks").glob("*.py"))
    found = {
        path: of_the_locale(path.read_text(encoding="utf-8")) for path in [*SOURCES, *benchmarks]
    }
    assert {path: lines for path, lines in found.items() if lines} == {}
    for path in RULES:
        calls = re.findall(
            r"(?:read_text|write_text|\bopen)\([^)]*\)|text=True", path.read_text(encoding="utf-8")
        )
        assert all("encoding" in call for call in calls), path


@pytest.mark.parametrize(
    "text",
    [
        "path.read_text()",
        "path.write_text('a', errors='replace')",
        "open(path, 'w')",
        "path.open('r+')",
        "logging.FileHandler(path)",
        "subprocess.run(['a'], text=True)",
    ],
)
def test_each_encoding_of_the_locale_would_be_found(text):
    assert of_the_locale(text)
    assert not of_the_locale(text[:-1] + (", " if text[-2] != "(" else "") + "encoding='utf-8')")


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_no_rule_hands_anything_to_a_shell(path):
    text = path.read_text()
    assert not re.search(r"^\s*(shell|run)\s*:", text, re.MULTILINE)
    assert not re.search(r"\b(shell|system|popen)\s*\(", text)


def test_a_command_of_the_config_is_no_shell_text(tmp_path):
    """Substitutions and lists of commands reach the program as they are."""
    program, written = tmp_path / "pw.x", tmp_path / "written"
    program.write_text('#!/bin/sh\nfor word; do echo "$word"; done > ' + f"{tmp_path}/arguments\n")
    program.chmod(0o755)
    command = f"{program} $(touch${{IFS}}{written}) ; touch {written}"
    engine = reference_engine("espresso", FourierBasis(20, 6), {"command": command})
    with pytest.raises(InputError, match="does not print the version"):
        engine.description  # noqa: B018 - asks the program for its version
    words = (tmp_path / "arguments").read_text().split("\n")
    assert words[1:4] == [";", "touch", str(written)]
    assert not written.exists()
