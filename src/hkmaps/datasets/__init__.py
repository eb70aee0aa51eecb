"""Data sets of exactly solved model systems: what to solve, how well, and which part is tested."""
