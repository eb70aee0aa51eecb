"""What Git says of the code that ran."""

import os
import subprocess


def commit_of(repository: str | os.PathLike) -> str | None:
    """Return the commit of a repository, marked where files differ from it; None outside of Git."""
    command = ["git", "-C", str(repository), "describe", "--always", "--dirty", "--abbrev=40"]
    try:
        return subprocess.run(
            command, capture_output=True, text=True, encoding="utf-8", check=True
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None
