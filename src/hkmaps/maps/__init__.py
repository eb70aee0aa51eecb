"""Maps from potentials to densities to energies, by kernel ridge regression (paper B)."""
