"""The config of a study: every key in one place, what contradicts, and what an entry leaves out."""

from hkmaps.study.check import charge_state_sizes, check_files, check_study, data_set_sizes
from hkmaps.study.reading import check_unique_keys, typed

__all__ = [
    "charge_state_sizes",
    "check_files",
    "check_study",
    "check_unique_keys",
    "data_set_sizes",
    "typed",
]
