"""Whether two runs of the study made the same files."""

from pathlib import Path

import pandas as pd
from safetensors.numpy import load_file


def assert_same(first: Path, second: Path, path: str) -> None:
    """Equal bits of a file below two folders, but for the wall time that a calculation took."""
    if path.endswith(".parquet"):
        frames = [pd.read_parquet(folder / path) for folder in (first, second)]
        if "seconds" in frames[0]:
            timeless = [frame.drop(columns="seconds") for frame in frames]
            pd.testing.assert_frame_equal(*timeless, check_exact=True, obj=path)
            return
    if path.endswith(".safetensors"):
        # The names of its entries have no fixed order in the file.
        arrays = [load_file(folder / path) for folder in (first, second)]
        assert arrays[0].keys() == arrays[1].keys()
        assert all(
            arrays[1][name].tobytes() == array.tobytes() for name, array in arrays[0].items()
        )
        return
    assert (first / path).read_bytes() == (second / path).read_bytes(), path
