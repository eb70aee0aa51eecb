"""Descriptors of geometries: one class each, of which maps see squared distances alone.

A descriptor is a dataclass with the methods of `GaussiansPotential` that maps call: `settings`, of
which JSON makes an equal one; `prepare`, which keeps what comparisons with geometries need, among
it their squared `norms`; `compare`, `squared_distances` and `pull_back`. It is named in
`hkmaps.maps.molecule_map.DESCRIPTORS`, by which saved maps are read. Geometries are trusted: they
are checked where they enter a map.
"""
