"""Molecules in three dimensions: geometries, dynamics, Kohn-Sham reference calculations."""
