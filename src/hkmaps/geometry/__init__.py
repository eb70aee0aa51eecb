"""Molecules in space, before anything is calculated: the ground floor of the three dimensions."""
