"""Named random streams: every random number of the study follows from the seed and a name.

A stream depends on (seed, names) alone, never on the order or the time in which streams are
asked for, so a job draws the same numbers whatever ran before it and on however many cores.
"""

import hashlib

import numpy as np

from hkmaps.checks import expect_count


def stream_seed(seed: int, *names: str | int) -> int:
    """Return the 63-bit seed of the stream called `names` under the study's `seed`.

    Args:
        seed: the study's seed, a non-negative integer.
        names: what the stream is for, from the general to the particular, such as
            ``("atoms", "E-n", "initial weights", 3)``.

    Returns:
        An integer in [0, 2**63), fit for `torch.Generator.manual_seed`.

    Raises:
        InputError: the seed is not a whole number, zero or larger.
    """
    names = (expect_count(seed, "seed", 0), *names)
    # The type keeps 1 and "1" apart; the separator keeps ("ab", "c") and ("a", "bc") apart.
    text = "\x1f".join(f"{type(name).__name__}:{name}" for name in names)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def random_stream(seed: int, *names: str | int) -> np.random.Generator:
    """Return the NumPy generator of the stream called `names` under the study's `seed`."""
    return np.random.default_rng(stream_seed(seed, *names))
