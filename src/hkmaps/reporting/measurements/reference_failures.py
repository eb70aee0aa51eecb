"""Claims that rest on samples of which more calculations failed than the config allows."""

import re
from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from hkmaps.reporting.measurements.conformers import pool_temperatures
from hkmaps.reporting.measurements.molecule_settings import PRINTED_MOLECULES
from hkmaps.reporting.measurements.record import Measurement

EVIDENCE = "tables/reference_calculations.parquet"

_OF_POOLS = {
    "C.text.malonaldehyde.AIMD.": {"malonaldehyde/300+350K"},
    "C.text.ethane.hotter_pool": {"ethane/300+350K", "ethane/300+400K"},
    "C.text.benzene.out_of_plane": {"benzene/300+350K"},
    "C.fig4.basis_over_map": {"benzene/300+350K"},
    "C.fig4.functional_over_map": {"benzene/300+350K"},
}
"""Beginning of a claim of the source -> the pools of the maps that it is of."""

_OF_TESTS = tuple(claim for claim in _OF_POOLS if claim.startswith("C.text."))
"""Claims of the source that are errors on a test sample."""

_OF_ALL_LARGE_MOLECULES = ("B.sec2.6.large_molecules_mae", "B.sec2.6.md_training_points")


def note_failures(
    measurements: Iterable[Measurement], calculations: pd.DataFrame, friction: str
) -> list[Measurement]:
    """Return measurements that say where too many calculations behind them failed.

    What did not converge is missing from training and from test sets, so that such a number was not
    measured as the printed one was: at best it is of the same order of magnitude.

    Args:
        measurements: what was measured for paper B or its source.
        calculations: rows of `REFERENCE_CALCULATIONS`.
        friction: name of the one that Figure 3b shows.
    """
    failed = calculations[calculations["failed"] > calculations["allowed_failures"]]
    noted = []
    for found in measurements:
        texts = [
            f"with {row.failed} of {row.geometries} reference calculations of {row.sample} failed"
            for row in failed.itertuples()
            if _rests_on(found.id, row.sample, friction)
        ]
        if not texts or found.measured is None:
            noted.append(found)
            continue
        size = ", ".join([*filter(None, [found.other_size]), *texts])
        why = "; ".join(texts)
        explanation = f"{found.explanation} {why[0].upper()}{why[1:]} ({EVIDENCE})."
        noted.append(replace(found, other_size=size, explanation=explanation))
    return noted


def _rests_on(claim: str, sample: str, friction: str) -> bool:
    """Whether a claim of paper B or of its source is measured with the calculations of a sample."""
    molecule, _, part = sample.partition("/")
    if "/" in part:
        # A draw: an uncertainty rests on it, no number.
        return False
    if molecule in PRINTED_MOLECULES:
        of_molecule = (f"B.table1.{molecule}.", f"C.table2.{molecule}.", f"C.text.{molecule}.")
        return claim.startswith(of_molecule) or (
            molecule == "H2O" and claim == "B.sec2.6.pbe_vs_ccsdt"
        )
    if part.endswith(f"-driven-{friction}"):
        return claim == "B.fig3b.max_error" or claim.startswith("C.text.malonaldehyde.driven.")
    if re.search(r"-(driven(-.*)?|transfer|added\d+)$", part):
        # Rounds of learning, their tests, another friction: the paper has none.
        return False
    if claim in _OF_ALL_LARGE_MOLECULES:
        return True
    if pool_temperatures(part):
        of_pool = any(
            claim.startswith(start) for start, pools in _OF_POOLS.items() if sample in pools
        )
        return of_pool or claim.startswith(f"B.table2.{molecule}.{part}.")
    # A test sample.
    of_source = tuple(start for start in _OF_TESTS if f".{molecule}." in start)
    return claim.startswith((f"B.table2.{molecule}.", *of_source))
