"""A run needs no network: it succeeds where every connection to another machine is refused."""

import os
import subprocess
import sys

import pytest

GUARD = r'''"""Refuses connections to other machines; notes who was guarded and what was refused."""
import os
import socket
import sys

def note(line):
    with open(os.environ["NETWORK_NOTES"], "a") as file:
        file.write(line + "\n")

def expect_local(host):
    if host not in (None, "", b"", "localhost", "::1", socket.gethostname()):
        if not str(host).startswith("127."):
            note(f"refused {host}")
            raise OSError(f"no network: {host}")

def guarded(method):
    def guard(self, *arguments):
        if self.family != socket.AF_UNIX:
            expect_local(arguments[-1][0])
        return method(self, *arguments)
    return guard

for name in ("connect", "connect_ex", "sendto"):
    setattr(socket.socket, name, guarded(getattr(socket.socket, name)))
for name in ("getaddrinfo", "gethostbyname"):
    def look_up(host, *arguments, look_up=getattr(socket, name), **settings):
        expect_local(host)
        return look_up(host, *arguments, **settings)
    setattr(socket, name, look_up)
note("guarded " + " ".join(sys.orig_argv))
'''

TARGETS = {
    "pairs": "results/conditioning/atoms.parquet",
    "reference_chunk": "results/molecules/H2/drawn/chunks/reference_0.parquet",
    "repeats": "results/networks/atoms/E-n/predictions.parquet",
    "arnstein_fig10": "results/figures/arnstein_fig10.png",
}
"""Jobs of NumPy, PySCF, PyTorch and Matplotlib."""


@pytest.fixture
def notes(tmp_path, monkeypatch):
    """The notes of a guard that every Python process loads."""
    guard = tmp_path / "guard"
    guard.mkdir()
    (guard / "sitecustomize.py").write_text(GUARD)
    paths = [str(guard), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))
    monkeypatch.setenv("NETWORK_NOTES", str(tmp_path / "notes"))
    return tmp_path / "notes"


@pytest.mark.parametrize(
    "call",
    [
        "socket.create_connection(('192.0.2.1', 80), 1)",
        "socket.socket().connect(('192.0.2.1', 80))",
        "__import__('urllib.request').request.urlopen('http://example.org')",
    ],
)
def test_the_guard_refuses(notes, call):
    run = subprocess.run(
        [sys.executable, "-c", f"import socket; {call}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode != 0 and "no network: " in run.stderr
    assert "refused" in notes.read_text()


def test_a_run_connects_to_no_other_machine(copy, notes):
    for target in TARGETS.values():
        (copy / target).unlink()
    run = copy.run(*TARGETS.values())
    assert run.returncode == 0, run.stderr
    lines = notes.read_text().splitlines()
    assert not [line for line in lines if line.startswith("refused")]
    for rule in TARGETS:
        assert any(f"{rule}.py" in line for line in lines), rule
