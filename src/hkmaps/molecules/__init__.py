"""Molecules in three dimensions: geometries, training points, Kohn-Sham reference calculations."""

from importlib import import_module
from typing import TYPE_CHECKING

from hkmaps.molecules.results import GEOMETRIES, POOL, REFERENCE, TEST, TRAJECTORY
from hkmaps.molecules.systems import MOLECULES, Molecule, find_molecule

if TYPE_CHECKING:
    from hkmaps.molecules.ab_initio_dynamics import ab_initio_trajectory
    from hkmaps.molecules.calculator import (
        HohenbergKohnCalculator,
        OutsideDomainError,
        OutsideDomainWarning,
    )
    from hkmaps.molecules.classical_dynamics import DynamicsProtocol, classical_trajectory
    from hkmaps.molecules.conformers import held_out_conformers, training_pool
    from hkmaps.molecules.coupled_cluster import coupled_cluster_table
    from hkmaps.molecules.engine_accuracy import engine_accuracy_table
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
    from hkmaps.molecules.map_dynamics import map_trajectory
    from hkmaps.molecules.proton_transfer import (
        proton_transfer_frames,
        proton_transfer_start,
        proton_transfer_table,
    )
    from hkmaps.molecules.reference import reference_table
    from hkmaps.molecules.reference_calculator import ReferenceCalculator
    from hkmaps.molecules.reference_files import ReferenceFiles
    from hkmaps.molecules.sampling import SAMPLERS, training_points

# Tables and the list of molecules need neither scikit-learn nor an engine.
_MODULES = {
    "ENGINES": "engines",
    "SAMPLERS": "sampling",
    "DynamicsProtocol": "classical_dynamics",
    "ForceField": "force_field",
    "HohenbergKohnCalculator": "calculator",
    "OutsideDomainError": "calculator",
    "OutsideDomainWarning": "calculator",
    "ReferenceCalculation": "engines",
    "ReferenceCalculator": "reference_calculator",
    "ReferenceEngine": "engines",
    "ReferenceFiles": "reference_files",
    "SelfConsistencyError": "engines",
    "ab_initio_trajectory": "ab_initio_dynamics",
    "align": "geometries",
    "bond_angles": "geometries",
    "bond_lengths": "geometries",
    "classical_trajectory": "classical_dynamics",
    "coupled_cluster_table": "coupled_cluster",
    "engine_accuracy_table": "engine_accuracy",
    "expect_positions": "geometries",
    "force_field_file": "force_field",
    "held_out_conformers": "conformers",
    "map_trajectory": "map_dynamics",
    "proton_transfer_frames": "proton_transfer",
    "proton_transfer_start": "proton_transfer",
    "proton_transfer_table": "proton_transfer",
    "random_geometries": "geometries",
    "random_split": "geometries",
    "read_molecule_data": "map_data",
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
    "HohenbergKohnCalculator",
    "Molecule",
    "OutsideDomainError",
    "OutsideDomainWarning",
    "ReferenceCalculation",
    "ReferenceCalculator",
    "ReferenceEngine",
    "ReferenceFiles",
    "SelfConsistencyError",
    "ab_initio_trajectory",
    "align",
    "bond_angles",
    "bond_lengths",
    "classical_trajectory",
    "coupled_cluster_table",
    "engine_accuracy_table",
    "expect_positions",
    "find_molecule",
    "force_field_file",
    "held_out_conformers",
    "map_trajectory",
    "proton_transfer_frames",
    "proton_transfer_start",
    "proton_transfer_table",
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
