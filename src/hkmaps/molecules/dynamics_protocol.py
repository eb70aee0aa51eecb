"""How long molecular dynamics moves a molecule, and at which temperature."""

from dataclasses import dataclass, fields

import numpy as np

from hkmaps.errors import InputError
from hkmaps.units import FEMTOSECOND_PER_ATOMIC_TIME

PICOSECOND_PER_ATOMIC_TIME = FEMTOSECOND_PER_ATOMIC_TIME / 1000

LARGEST_REMAINDER = 1e-6
"""Part of a step by which a time may miss a whole number of steps, for the sake of rounding."""


@dataclass(frozen=True)
class DynamicsProtocol:
    """How long to move at which temperature; all times in hbar/Ha.

    Attributes:
        temperature: temperature of the Langevin thermostat and of the first velocities, in K.
        equilibration: time before the trajectory begins.
        length: length of the trajectory, a multiple of the interval.
        interval: time between snapshots, a multiple of the time step; the first snapshot is one
            interval after equilibration.
        time_step: time step of the integrator.
        friction: friction of the thermostat, in Ha/hbar; 0 for Newton's equations of motion.

    Raises:
        InputError: a value is not allowed, or a time is not a multiple of what it must be.
    """

    temperature: float
    equilibration: float
    length: float
    interval: float
    time_step: float
    friction: float = PICOSECOND_PER_ATOMIC_TIME

    def __post_init__(self):
        for field in fields(self):
            value = getattr(self, field.name)
            may_be_zero = field.name in ("equilibration", "friction")
            if not np.isfinite(value) or value < 0 or (value == 0 and not may_be_zero):
                allowed = "0 or a positive number" if may_be_zero else "a positive number"
                raise InputError(f"The {field.name} of dynamics is {value}; it must be {allowed}.")
        self.warm_up_steps, self.steps_per_snapshot, self.snapshots  # noqa: B018 - they check

    @classmethod
    def in_femtoseconds(
        cls,
        temperature: float,
        equilibration: float,
        length: float,
        interval: float,
        time_step: float,
        friction: float = 1e-3,
    ) -> "DynamicsProtocol":
        """Return the protocol whose times are in fs and whose friction is in 1/fs."""
        unit = FEMTOSECOND_PER_ATOMIC_TIME
        times = (time / unit for time in (equilibration, length, interval, time_step))
        return cls(temperature, *times, friction * unit)

    @property
    def warm_up_steps(self) -> int:
        """Time steps before the trajectory begins."""
        return self._whole("equilibration", "time_step")

    @property
    def steps_per_snapshot(self) -> int:
        """Time steps from one snapshot to the next."""
        return self._whole("interval", "time_step")

    @property
    def snapshots(self) -> int:
        """Number of snapshots of the trajectory."""
        return self._whole("length", "interval")

    def _whole(self, time: str, part: str) -> int:
        ratio = getattr(self, time) / getattr(self, part)
        if abs(ratio - round(ratio)) > LARGEST_REMAINDER or (ratio > 0 and round(ratio) == 0):
            raise InputError(
                f"The {time} of dynamics is {ratio:g} times the {part}; it must be a whole number"
                " of times."
            )
        return round(ratio)
