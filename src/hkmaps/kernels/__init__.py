"""Kernel ridge regression, its cross-validation, and distances of Gaussians potentials."""
