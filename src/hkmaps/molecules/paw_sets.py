"""PAW data sets of the elements: their files for Quantum ESPRESSO and where they are."""

import os
import re
from pathlib import Path

from hkmaps.errors import InputError

PAW_SETS = {
    "H": "H.pbe-kjpaw.UPF",
    "C": "C.pbe-n-kjpaw_psl.0.1.UPF",
    "N": "N.pbe-n-kjpaw_psl.0.1.UPF",
    "O": "O.pbe-kjpaw.UPF",
}
"""File by element, made for PBE, as Debian's package quantum-espresso-data names it."""

DEBIAN_FOLDER = "/usr/share/espresso/pseudo"


def paw_folder(setting: str | None) -> Path:
    """Return the folder of PAW sets: the setting's, else $ESPRESSO_PSEUDO, else Debian's."""
    return Path(setting or os.environ.get("ESPRESSO_PSEUDO") or DEBIAN_FOLDER).absolute()


def valence_electrons(symbol: str, folder: Path) -> float:
    """Return how many electrons of an atom its PAW set leaves to the calculation.

    Args:
        symbol: the element.
        folder: where the files of `PAW_SETS` are.

    Returns:
        The number of electrons.

    Raises:
        InputError: there is no PAW set of the element, or its file is missing or something else.
    """
    if symbol not in PAW_SETS:
        raise InputError(
            f"The engine espresso has no PAW set of the element {symbol!r}; it has those of"
            f" {', '.join(PAW_SETS)}."
        )
    file = folder / PAW_SETS[symbol]
    if not file.is_file():
        raise InputError(
            f"The engine espresso finds no {file.name}, the PAW set of {symbol}, in {folder};"
            " install it, on Debian with `apt-get install quantum-espresso-data`, or name its"
            " folder in the setting pseudopotentials or the environment variable ESPRESSO_PSEUDO."
        )
    electrons = re.search(
        r'z_valence="\s*([\d.eE+-]+)"', file.read_text(encoding="utf-8", errors="replace")
    )
    if electrons is None:
        raise InputError(
            f"The file {file} does not say how many valence electrons it is for; it must be a"
            " pseudopotential in the format UPF 2."
        )
    return float(electrons[1])
