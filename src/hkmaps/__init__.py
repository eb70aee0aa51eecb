"""Machine-learned maps of density functional theory: exact model systems, networks, claims."""

__version__ = "0.1.0"
