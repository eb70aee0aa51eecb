"""Molecules in three dimensions: geometries, training points, Kohn-Sham reference calculations."""

from importlib import import_module
from typing import TYPE_CHECKING

from hkmaps.molecules.results import GEOMETRIES, POOL, REFERENCE, TEST, TRAJECTORY
from hkmaps.molecules.systems import MOLECULES, Molecule, find_molecule

if TYPE_CHECKING:
    from hkmaps.molecules.classical_dynamics import DynamicsProtocol, classical_trajectory
    from hkmaps.molecules.conformers import held_out_conformers, training_pool
    from hkmaps.molecules.coupled_cluster import coupled_cluster_table
    from hkmaps.molecules.engines import (
        ENGINES,
        ReferenceCalculation,
        ReferenceEngine,
        SelfConsistencyError,
        reference_engine,
    )
    from hkmaps.molecules.force_field import ForceField, force_field_file
    from hkmaps.molecules.geometries import (
        align,
        bond_angles,
        bond_lengths,
        expect_positions,
        random_geometries,
        random_split,
    )
    from hkmaps.molecules.map_data import read_molecule_data
    from hkmaps.molecules.reference import expect_converged, reference_table
    from hkmaps.molecules.sampling import SAMPLERS, training_points

# Tables and the list of molecules need neither scikit-learn nor an engine.
_MODULES = {
    "ENGINES": "engines",
    "SAMPLERS": "sampling",
    "DynamicsProtocol": "classical_dynamics",
    "ForceField": "force_field",
    "ReferenceCalculation": "engines",
    "ReferenceEngine": "engines",
    "SelfConsistencyError": "engines",
    "align": "geometries",
    "coupled_cluster_table": "coupled_cluster",
    "read_molecule_data": "map_data",
    "bond_angles": "geometries",
    "bond_lengths": "geometries",
    "classical_trajectory": "classical_dynamics",
    "expect_converged": "reference",
    "expect_positions": "geometries",
    "force_field_file": "force_field",
    "held_out_conformers": "conformers",
    "random_geometries": "geometries",
    "random_split": "geometries",
    "reference_engine": "engines",
    "reference_table": "reference",
    "training_points": "sampling",
    "training_pool": "conformers",
}

__all__ = [
    "ENGINES",
    "GEOMETRIES",
    "MOLECULES",
    "POOL",
    "REFERENCE",
    "SAMPLERS",
    "TEST",
    "TRAJECTORY",
    "DynamicsProtocol",
    "ForceField",
    "Molecule",
    "ReferenceCalculation",
    "ReferenceEngine",
    "SelfConsistencyError",
    "align",
    "bond_angles",
    "bond_lengths",
    "classical_trajectory",
    "coupled_cluster_table",
    "expect_converged",
    "expect_positions",
    "find_molecule",
    "force_field_file",
    "held_out_conformers",
    "random_geometries",
    "random_split",
    "read_molecule_data",
    "reference_engine",
    "reference_table",
    "training_points",
    "training_pool",
]


def __getattr__(name: str):
    if name in _MODULES:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__} has no attribute {name}")
