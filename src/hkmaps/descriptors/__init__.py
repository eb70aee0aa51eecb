"""Descriptors of geometries: one class each, of which maps see squared distances alone.

A descriptor is a frozen dataclass with the methods of `GaussiansPotential` that
`hkmaps.maps.molecule_map` calls: `settings`, `prepare`, `compare`, `squared_distances` and
`pull_back`. Geometries are trusted: they are checked where they enter a map.
"""
