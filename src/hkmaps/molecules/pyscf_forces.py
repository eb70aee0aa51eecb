"""Forces of PySCF's closed-shell Kohn-Sham calculations, from the integrals that they need alone.

PySCF makes matrices of derivatives and contracts them with the density matrix at last. Contracted
first, the same forces take half the time: exchange and correlation need products of the orbitals
on the grid with the occupied ones alone, and the fitted Coulomb energy one kind of three-centre
integrals instead of three, since the integral does not change where all three centres move.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import numpy as np
from pyscf import dft, gto, lib
from pyscf.ao2mo.outcore import balance_partition
from pyscf.df.grad.rks import Gradients
from pyscf.grad.rks import grids_response_cc
from scipy.linalg import cholesky, solve_triangular

from hkmaps.molecules.pyscf_integration import (
    COMPONENTS,
    KeptOrbitals,
    by_function,
    occupied_orbitals,
    weighted,
)

SECOND = ((4, 5, 6), (5, 7, 8), (6, 8, 9))
"""Where PySCF has the second derivatives of orbitals by x, y and z."""

POINTS_AT_ONCE = 2000
"""Points of the grid whose orbitals and their derivatives are held."""

INTEGRALS_AT_ONCE = 5e6
"""Three-centre integrals that are held."""


def forces(calculation: dft.rks.RKS) -> np.ndarray:
    """Return the forces in Ha/bohr, shape (atoms, 3), with the response of the grid.

    Args:
        calculation: converged.
    """
    ours = _is_contracted(calculation)
    gradients = _ContractedGradients(calculation) if ours else calculation.nuc_grad_method()
    gradients.grid_response = True
    gradients.grids = _with_nuclear_charges(calculation.grids)
    with _without_projectors(calculation.mol):
        return -gradients.kernel()


def _is_contracted(calculation: dft.rks.RKS) -> bool:
    """Whether the energy consists of what `_ContractedGradients` differentiates."""
    functional, integration = calculation.xc, calculation._numint
    fitted = getattr(calculation, "with_df", None)
    return (
        isinstance(integration, KeptOrbitals)
        and integration._xc_type(functional) in COMPONENTS
        and not integration.libxc.is_hybrid_xc(functional)
        and not calculation.do_nlc()
        and fitted is not None
        # PySCF leaves some out where fitting functions are linearly dependent.
        and np.shape(fitted._cderi)[:1] == (fitted.auxmol.nao,)
    )


class _ContractedGradients(Gradients):
    """PySCF's derivatives, but those of the fitted Coulomb energy and of Exc atom by atom."""

    def get_veff(self, mol=None, dm=None):
        """Return no matrix, but a derivative for each atom beside it."""
        mol = mol or self.mol
        derivatives = self._exchange_correlation(mol, dm) + self._coulomb(mol, dm)
        return lib.tag_array(np.zeros((3, mol.nao, mol.nao)), derivatives=derivatives)

    def extra_force(self, atom_id, envs):
        """Return the derivative of an atom, which PySCF adds."""
        return envs["vhf"].derivatives[atom_id]

    def _exchange_correlation(self, mol: gto.Mole, density_matrix: np.ndarray) -> np.ndarray:
        integration, functional = self.base._numint, self.base.xc
        kind = integration._xc_type(functional)
        orbitals = occupied_orbitals(density_matrix)
        result = np.zeros((mol.natm, 3))
        for atom, (points, weights, weight_slopes) in enumerate(grids_response_cc(self.grids)):
            of_functions = np.zeros((3, mol.nao))
            for start in range(0, len(weights), POINTS_AT_ONCE):
                block = slice(start, start + POINTS_AT_ONCE)
                order = 1 if kind == "LDA" else 2
                values = by_function(
                    integration.eval_ao(mol, points[block], order, cutoff=self.grids.cutoff)
                )
                density, per_electron, slopes = integration.density_and_slopes(
                    functional, values, orbitals, kind
                )
                result += np.einsum("axp,p->ax", weight_slopes[:, :, block], density * per_electron)
                slopes *= weights[block]
                slopes[0] /= 2
                of_functions += _moved_functions(values, slopes, orbitals)
            # Points move with their atom, as functions do in the opposite direction.
            result[atom] += 2 * of_functions.sum(axis=1)
            for other, (first, last) in enumerate(mol.aoslice_by_atom()[:, 2:]):
                result[other] -= 2 * of_functions[:, first:last].sum(axis=1)
        return result

    def _coulomb(self, mol: gto.Mole, density_matrix: np.ndarray) -> np.ndarray:
        fitted, density = self.base.with_df, np.asarray(density_matrix)
        auxiliary = fitted.auxmol
        # Of the fitted density: the factors of the integrals are these times an inverse root.
        root = cholesky(auxiliary.intor("int2c2e"), lower=True)
        pairs = lib.pack_tril(2 * density - np.diag(np.diagonal(density)))
        coefficients = solve_triangular(root, fitted._cderi @ pairs, lower=True, trans=True)
        of_functions, of_fitted = np.zeros((3, mol.nao)), np.zeros((3, auxiliary.nao))
        both = mol + auxiliary
        first_functions = auxiliary.ao_loc
        largest = max(1, int(INTEGRALS_AT_ONCE / (3 * mol.nao**2)))
        for first, last, _ in balance_partition(first_functions, largest):
            block = slice(first_functions[first], first_functions[last])
            shells = (0, mol.nbas, 0, mol.nbas, mol.nbas + first, mol.nbas + last)
            # The derivative of the first function: (component, function, function, fitted).
            integrals = both.intor("int3c2e_ip1", comp=3, aosym="s1", shls_slice=shells)
            for component, values in enumerate(integrals):
                rows = values.T.reshape(block.stop - block.start, -1)
                matrix = (coefficients[block] @ rows).reshape(mol.nao, mol.nao)
                of_functions[component] += np.einsum("ji,ji->i", matrix, density)
                of_fitted[component, block] = rows @ density.ravel()
        # No integral changes where all three functions move together.
        of_fitted *= 2 * coefficients
        of_fitted += coefficients * (auxiliary.intor("int2c2e_ip1") @ coefficients)
        result = np.empty((mol.natm, 3))
        slices = zip(mol.aoslice_by_atom()[:, 2:], auxiliary.aoslice_by_atom()[:, 2:], strict=True)
        for atom, ((first, last), (first_fitted, last_fitted)) in enumerate(slices):
            result[atom] = of_fitted[:, first_fitted:last_fitted].sum(axis=1)
            result[atom] -= 2 * of_functions[:, first:last].sum(axis=1)
        return result


def _moved_functions(values: np.ndarray, slopes: np.ndarray, orbitals: np.ndarray) -> np.ndarray:
    """Return half the change of the energy where a function's values move by x, y and z.

    Args:
        values: functions and their derivatives, shape (4 or 10, functions, points).
        slopes: weighted changes of the energy with the density, halved, and its gradient, shape
            (1 or 4, points).
        orbitals: shape (functions, occupied).

    Returns:
        Shape (3, functions).
    """
    molecular = orbitals.T @ values[: len(slopes)]
    # The density matrix times the functions, and times what the slopes make of them.
    density = 2 * orbitals @ molecular[0]
    sloped = 2 * orbitals @ weighted(molecular, slopes)
    sloped += slopes[0] * density
    moved = np.einsum("kfp,fp->kf", values[1:4], sloped)
    if len(slopes) > 1:
        for slope, places in zip(slopes[1:], SECOND, strict=True):
            sloped_density = slope * density
            for component, place in enumerate(places):
                moved[component] += np.einsum("fp,fp->f", values[place], sloped_density)
    return moved


def _with_nuclear_charges(grids: dft.Grids) -> dft.Grids:
    """Return the grid with a molecule whose charges are those of the elements.

    PySCF 2.14 makes its weights with the elements' atomic radii, but takes the radii for their
    derivatives by the charges, which are smaller where a pseudopotential stands for a core:
    carbon's would be beryllium's, an error of 1e-4 Ha/bohr on coarse grids.
    """
    mole = grids.mol.copy()
    mole._atm = mole._atm.copy()
    mole._atm[:, gto.CHARGE_OF] = [gto.charge(symbol) for symbol in mole.elements]
    grids = grids.copy()
    grids.mol = mole
    return grids


@contextmanager
def _without_projectors(mole: gto.Mole) -> Iterator[None]:
    """Let PySCF differentiate pseudopotentials that have no non-local projectors.

    Hydrogen's has none. Where no other element brings one, PySCF 2.14 fails with a TypeError in
    `vppnl_nuc_grad` instead of adding nothing.
    """
    projectors = any(len(pseudo) > 5 for pseudo in mole._pseudo.values())
    if projectors:
        yield
        return
    with mock.patch("pyscf.gto.pp_int.vppnl_nuc_grad", lambda mol, dm: np.zeros((mol.natm, 3))):
        yield
