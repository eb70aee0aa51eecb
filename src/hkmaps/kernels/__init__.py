"""Kernel ridge regression, its cross-validation, and distances of Gaussians potentials."""

from hkmaps.kernels.cross_validation import CrossValidatedKernelRidge, SearchEdgeWarning
from hkmaps.kernels.gaussians_grid import gaussians_on_grid, grid_inner_products
from hkmaps.kernels.gaussians_potential import (
    GAMMA,
    gaussians_inner_products,
    gaussians_squared_distances,
    gaussians_squared_norms,
)
from hkmaps.kernels.kernel_functions import gaussian_kernel, squared_distances
from hkmaps.kernels.kernel_ridge import KernelRidge
from hkmaps.kernels.model_files import read_model, write_model

__all__ = [
    "GAMMA",
    "CrossValidatedKernelRidge",
    "KernelRidge",
    "SearchEdgeWarning",
    "gaussian_kernel",
    "gaussians_inner_products",
    "gaussians_on_grid",
    "gaussians_squared_distances",
    "gaussians_squared_norms",
    "grid_inner_products",
    "read_model",
    "squared_distances",
    "write_model",
]
