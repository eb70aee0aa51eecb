"""Scan grids for hydrogen and for the extreme systems of each data set (paper A, Figure 2)."""
