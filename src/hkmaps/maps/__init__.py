"""Maps from potentials to densities to energies, by kernel ridge regression (paper B)."""

from importlib import import_module
from typing import TYPE_CHECKING

from hkmaps.maps.results import (
    CONFORMER_ERRORS,
    FUNCTIONAL_ERRORS,
    MOLECULE_ERRORS,
    NOISE_RESPONSE,
    PREDICTED_DENSITY,
    TRAJECTORY_ENERGIES,
)

if TYPE_CHECKING:
    from hkmaps.maps.bases import DensityBasis, GridBasis, SineBasis
    from hkmaps.maps.conformers import ConformerData, conformer_errors, trajectory_energies
    from hkmaps.maps.density_subspace import DensitySubspace
    from hkmaps.maps.errors import (
        EnergyErrors,
        electrons_misplaced,
        energy_errors,
        maximum_absolute,
        mean_absolute,
    )
    from hkmaps.maps.exact_systems import (
        ExactSystems,
        density_functionals,
        functional_errors,
        split_systems,
    )
    from hkmaps.maps.fourier import FourierBasis
    from hkmaps.maps.gauge_aware import gauge_aware_quantities
    from hkmaps.maps.geometry_map import GeometryMap
    from hkmaps.maps.hohenberg_kohn import HohenbergKohnMap
    from hkmaps.maps.kohn_sham import KohnShamMap
    from hkmaps.maps.molecule_data import MoleculeData
    from hkmaps.maps.molecule_map import MoleculeMap
    from hkmaps.maps.molecule_planes import predicted_density
    from hkmaps.maps.molecules import molecule_errors
    from hkmaps.maps.noise import noise_response
    from hkmaps.maps.potential_descriptor import potential_spacings, potential_widths
    from hkmaps.maps.reference_frame import Alignment, ReferenceFrame

# A figure reads the tables alone; it need not wait for scikit-learn, nor be drawn again when a map
# changes.
_MODULES = {
    "Alignment": "reference_frame",
    "ConformerData": "conformers",
    "DensityBasis": "bases",
    "DensitySubspace": "density_subspace",
    "EnergyErrors": "errors",
    "ExactSystems": "exact_systems",
    "FourierBasis": "fourier",
    "GeometryMap": "geometry_map",
    "GridBasis": "bases",
    "HohenbergKohnMap": "hohenberg_kohn",
    "KohnShamMap": "kohn_sham",
    "MoleculeData": "molecule_data",
    "MoleculeMap": "molecule_map",
    "ReferenceFrame": "reference_frame",
    "SineBasis": "bases",
    "conformer_errors": "conformers",
    "density_functionals": "exact_systems",
    "electrons_misplaced": "errors",
    "energy_errors": "errors",
    "functional_errors": "exact_systems",
    "gauge_aware_quantities": "gauge_aware",
    "maximum_absolute": "errors",
    "mean_absolute": "errors",
    "molecule_errors": "molecules",
    "noise_response": "noise",
    "potential_spacings": "potential_descriptor",
    "potential_widths": "potential_descriptor",
    "predicted_density": "molecule_planes",
    "split_systems": "exact_systems",
    "trajectory_energies": "conformers",
}

__all__ = [
    "CONFORMER_ERRORS",
    "FUNCTIONAL_ERRORS",
    "MOLECULE_ERRORS",
    "NOISE_RESPONSE",
    "PREDICTED_DENSITY",
    "TRAJECTORY_ENERGIES",
    "Alignment",
    "ConformerData",
    "DensityBasis",
    "DensitySubspace",
    "EnergyErrors",
    "ExactSystems",
    "FourierBasis",
    "GeometryMap",
    "GridBasis",
    "HohenbergKohnMap",
    "KohnShamMap",
    "MoleculeData",
    "MoleculeMap",
    "ReferenceFrame",
    "SineBasis",
    "conformer_errors",
    "density_functionals",
    "electrons_misplaced",
    "energy_errors",
    "functional_errors",
    "gauge_aware_quantities",
    "maximum_absolute",
    "mean_absolute",
    "molecule_errors",
    "noise_response",
    "potential_spacings",
    "potential_widths",
    "predicted_density",
    "split_systems",
    "trajectory_energies",
]


def __getattr__(name: str):
    if name in _MODULES:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__} has no attribute {name}")
