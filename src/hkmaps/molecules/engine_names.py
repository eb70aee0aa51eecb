"""Names of functionals and basis sets that an engine does not know, found before anything runs.

Importing PySCF takes longer than the rest of a look at the config. So it is asked only where a name
is none of those that everybody uses.
"""

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from hkmaps.errors import InputError
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.paw_sets import paw_folder, valence_electrons

USUAL = {
    "functional": ("PBE",),
    "orbital_basis": ("gth-szv", "gth-dzvp", "gth-tzvp", "gth-tzv2p"),
    "pseudopotential": ("gth-pbe",),
}
"""Names that PySCF knows for the elements of `USUAL_ELEMENTS`, by setting."""

USUAL_ELEMENTS = frozenset({"H", "B", "C", "N", "O", "F", "Si", "P", "S", "Cl"})

USUAL_ALL_ELECTRON = ("cc-pvdz", "cc-pvtz", "cc-pvqz")
"""Basis sets for all electrons that PySCF knows for the same elements."""

ESPRESSO_FUNCTIONALS = (
    *("PZ", "LDA", "PW", "VWN-RPA", "OEP", "HF", "PBE", "B88", "BP", "PW91", "REVPBE", "PBESOL"),
    *("BLYP", "OPTBK88", "OPTB86B", "PBC", "HCTH", "OLYP", "WC", "PW86PBE", "B86BPBE", "PBEQ2D"),
    *("Q2D", "SOGGA", "EV93", "RPBE", "PBE0", "B86BPBEX", "BHAHLYP", "BHANDHLYP", "HSE", "GAUP"),
    *("GAUPBE", "B3LYP", "B3LYP-V1R", "X3LYP", "TPSS", "M06L", "TB09", "SCAN", "SCAN0", "R2SCAN"),
)
"""Short names of Quantum ESPRESSO, which takes them in any case (XClib/qe_dft_list.f90)."""

# Sums of terms, terms by their numbers, and the families with non-local correlation.
_ESPRESSO_OTHERS = re.compile(r".+\+.+|INDEX:.+|XC-.+|VDW-DF.*|RVV10.*|BEEF.*", re.IGNORECASE)


def expect_espresso_functional(name: str) -> None:
    """Raise `InputError` unless Quantum ESPRESSO may know the functional."""
    if name.upper() in ESPRESSO_FUNCTIONALS or _ESPRESSO_OTHERS.fullmatch(name):
        return
    raise InputError(
        f"Quantum ESPRESSO knows no functional {name!r}; allowed: its names without a correction"
        " for dispersion, such as PBE, PBESOL or BLYP, and sums of its terms, such as"
        " sla+pw+pbx+pbc."
    )


def expect_known_names(
    engine: str, settings: Mapping[str, Any], molecules: Sequence[Molecule]
) -> None:
    """Check names among the settings of an engine; without PySCF, only those of Quantum ESPRESSO.

    Args:
        engine: name of the engine.
        settings: all its settings.
        molecules: what it calculates.

    Raises:
        InputError: the engine knows no functional of the name, or no basis set, pseudopotential or
            PAW set for an element; the sentence names it.
    """
    if engine == "coupled_cluster":
        for molecule in molecules:
            expect_known_all_electron_basis(settings["all_electron_basis"], molecule)
    elif engine == "espresso":
        expect_espresso_functional(settings["functional"])
        if settings["pseudopotentials"]:
            for symbol in sorted({symbol for each in molecules for symbol in each.symbols}):
                valence_electrons(symbol, paw_folder(settings["pseudopotentials"]))
    elif engine == "pyscf" and not (
        all(settings[key] in names for key, names in USUAL.items())
        and all(USUAL_ELEMENTS.issuperset(each.symbols) for each in molecules)
    ):
        try:
            # PySCF takes longer than the rest of a look at the config.
            from hkmaps.densities.fourier import FourierBasis  # noqa: PLC0415
            from hkmaps.molecules.pyscf_engine import PyscfEngine  # noqa: PLC0415
        except ModuleNotFoundError:
            # Jobs may have an environment of their own.
            return
        # Molecules have a basis set each, which the cube of the densities does not change.
        calculations = PyscfEngine(FourierBasis(20.0, 2), **settings)
        with _without_warnings():
            for molecule in molecules:
                calculations.mole(molecule.symbols, _apart(molecule))


def expect_known_all_electron_basis(name: str, molecule: Molecule) -> None:
    """Raise `InputError` where PySCF lacks a basis set for all electrons of a molecule."""
    if name in USUAL_ALL_ELECTRON and USUAL_ELEMENTS.issuperset(molecule.symbols):
        return
    try:
        from hkmaps.molecules.coupled_cluster import all_electron_mole  # noqa: PLC0415 - as above
    except ModuleNotFoundError:
        return
    with _without_warnings():
        all_electron_mole(molecule.symbols, _apart(molecule), name)


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Keep PySCF's advice to install a collection of basis sets out of the way of the sentence."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _apart(molecule: Molecule) -> np.ndarray:
    """Positions of which no two are equal, in bohr."""
    return np.outer(np.arange(len(molecule.symbols)), [0.0, 0.0, 2.0])
