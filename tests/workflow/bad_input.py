"""What is asked of every run with bad input."""

import hashlib
import os
import re
import subprocess

from conftest import Study


def pattern(words: str) -> str:
    """The regular expression of words that are meant as they stand, but for `.*`."""
    return ".*".join(map(re.escape, words.split(".*")))


def expect_refused(
    study: Study,
    words: str,
    *targets: str,
    options: tuple[str, ...] = (),
    restored: tuple[str, ...] = (),
    text: str | None = None,
    environment: dict[str, str] | None = None,
    **settings,
) -> str:
    """Run a study with bad input; return what it printed.

    It must fail, say `words` in one line, show no traceback, compute nothing and leave all results
    as they were, but for those that are asked for, which Snakemake removes before it starts a job.

    Args:
        study: the study.
        words: what the sentence must hold, see `pattern`.
        targets: what is asked for; everything where there are none.
        options: of Snakemake.
        restored: results that Snakemake brings back after the job failed, as young files.
        text: of the last config file, in place of an override.
        environment: variables that differ.
        settings: as of `Study.command`.
    """
    before = listing(study, targets, restored)
    command = study.command(*targets, **({"override": {}} if text is not None else {}), **settings)
    if text is not None:
        (study / "override.yaml").write_text(text)
    # Options come before the config files, which take all that follows up to the two dashes.
    place = command.index("--configfile")
    run = subprocess.run(
        [*command[:place], *options, *command[place:]],
        cwd=study.folder,
        env=os.environ | (environment or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
    )
    assert run.returncode != 0, run.stdout
    assert "Traceback" not in run.stdout, run.stdout
    assert re.search(pattern(words), run.stdout), run.stdout
    assert listing(study, targets, restored) == before
    assert not any((study / target).exists() for target in targets)
    return run.stdout


def listing(
    study: Study, targets: tuple[str, ...], restored: tuple[str, ...]
) -> dict[str, tuple[str, int]]:
    """Digest and time in ns of the last change of all results but the targets, by path."""
    found = {}
    for path in (study / "results").rglob("*"):
        name = str(path.relative_to(study.folder))
        if path.is_file() and name not in targets:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            found[name] = digest, 0 if name in restored else path.stat().st_mtime_ns
    return found
