"""GFN2-xTB by tblite: energies and forces of a molecule of which only a structure is known."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from ase.calculators.calculator import CalculationFailed, Calculator, CalculatorSetupError
from ase.calculators.calculator import InputError as RefusedInput
from threadpoolctl import threadpool_limits

from hkmaps.errors import ConvergenceError, InputError
from hkmaps.geometry.molecule import Molecule

GFN2 = "GFN2-xTB"


def xtb_calculator(molecule: Molecule) -> Calculator:
    """Return GFN2-xTB as a calculator of ASE for a neutral molecule without unpaired electrons.

    Args:
        molecule: the molecule.

    Raises:
        InputError: tblite cannot be imported, or the number of electrons is odd.

    Source:
        C. Bannwarth, S. Ehlert and S. Grimme, J. Chem. Theory Comput. 15, 1652 (2019).
    """
    try:
        from tblite.ase import TBLite  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise InputError(
            f"{GFN2} needs tblite, which cannot be imported ({str(error).rstrip('.')}); install it"
            " with pip install --constraint requirements.lock --editable '.[xtb]'."
        ) from error
    electrons = round(molecule.charges.sum())
    if electrons % 2:
        raise InputError(
            f"{GFN2} was asked for {molecule.name}, which has {electrons} electrons when neutral;"
            " it must be an even number."
        )
    return TBLite(method=GFN2, charge=0, multiplicity=1, verbosity=0)


def one_thread() -> AbstractContextManager:
    """Return what keeps libraries to one thread.

    A molecule of ten atoms is too small for two: on a busy machine they wait for each other and
    take ten times as long.
    """
    return threadpool_limits(1)


@contextmanager
def calculating(what: str) -> Iterator[None]:
    """Turn what a calculator of ASE raises into errors of one sentence.

    Args:
        what: what needs the calculations, for messages.

    Raises:
        InputError: the calculator does not take the molecule.
        ConvergenceError: a calculation failed.
    """
    try:
        yield
    except (RefusedInput, CalculatorSetupError) as error:
        raise InputError(f"{what} cannot begin: {_reason(error)}.") from error
    except CalculationFailed as error:
        raise ConvergenceError(
            f"{what} cannot go on: the calculation of its forces failed ({_reason(error)})."
        ) from error


def _reason(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")
