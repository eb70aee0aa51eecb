"""Exact solutions of one-dimensional systems of one, two and three electrons."""
