"""Whether two runs of the study made the same files."""

from pathlib import Path

import pandas as pd


def assert_same(first: Path, second: Path, path: str) -> None:
    """Equal bits of a file below two folders, but for the wall time that a calculation took."""
    if path.endswith(".parquet"):
        frames = [pd.read_parquet(folder / path) for folder in (first, second)]
        if "seconds" in frames[0]:
            timeless = [frame.drop(columns="seconds") for frame in frames]
            pd.testing.assert_frame_equal(*timeless, check_exact=True, obj=path)
            return
    assert (first / path).read_bytes() == (second / path).read_bytes(), path
