"""Conversions between Hartree atomic units and the units of figures, tables and files.

Inside the library every number is in Hartree atomic units (bohr, Ha); these factors are used only
in `hkmaps.reporting` and where files come in or go out.
"""

from scipy import constants

MILLIHARTREE_PER_HARTREE = 1000.0
KCAL_PER_MOL_PER_HARTREE = (
    constants.physical_constants["Hartree energy"][0]
    * constants.Avogadro
    / (constants.kilo * constants.calorie)
)
KILOJOULE_PER_MOL_PER_HARTREE = KCAL_PER_MOL_PER_HARTREE * constants.calorie
ANGSTROM_PER_BOHR = constants.physical_constants["Bohr radius"][0] / constants.angstrom
FEMTOSECOND_PER_ATOMIC_TIME = (
    constants.physical_constants["atomic unit of time"][0] / constants.femto
)
ELECTRON_MASS_PER_ATOMIC_MASS = constants.atomic_mass / constants.electron_mass

CHEMICAL_ACCURACY = 1.6 / MILLIHARTREE_PER_HARTREE
"""Chemical accuracy as paper A uses it: 1.6 mHa per particle, here in Ha."""
