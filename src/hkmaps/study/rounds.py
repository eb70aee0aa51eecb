"""Rounds of learning and dynamics by maps: which there are, and how long each runs.

A round moves a molecule by its map, and the next map learns from what was visited. Maps of all
rounds are tested by dynamics of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hkmaps.molecules.dynamics_names import LEARNING, LONG, STABILITY


@dataclass(frozen=True)
class MapRuns:
    """Dynamics by a map, several runs of it.

    Attributes:
        pool: name of the sample that the map learned from, such as ethane/300+350K-round2.
        method: folder of the map, such as kohn_sham_forces.
        name: of the dynamics, such as stability.
        temperatures: of the thermostat in K, one a run.
        protocol: arguments of `DynamicsProtocol.in_femtoseconds`, with the first temperature.
    """

    pool: str
    method: str
    name: str
    temperatures: tuple[float, ...]
    protocol: Mapping[str, float]

    @property
    def key(self) -> tuple[str, str, str]:
        """Sample, method and name, the wildcards of its files."""
        return self.pool, self.method, self.name

    @property
    def folder(self) -> str:
        """Where its tables lie."""
        return f"results/maps/{self.pool}/{self.method}/{self.name}"


@dataclass(frozen=True, eq=False)
class Rounds:
    """Rounds of learning of all molecules, and all dynamics by maps.

    Args:
        config: the whole config, checked and with all defaults.
        owners: molecule or draw -> its entry `maps`.
    """

    config: Mapping[str, Any]
    owners: Mapping[str, Mapping[str, Any]]

    @cached_property
    def of(self) -> dict[str, dict[str, Any]]:
        """Molecule -> its entry `maps.rounds`, of those that have one."""
        found = {name: maps.get("rounds") for name, maps in self.owners.items()}
        return {name: entry for name, entry in found.items() if entry is not None}

    def pool(self, owner: str, number: int) -> str:
        """Name of the sample that the map of a round of learning learns from."""
        return f"{owner}/{self.of[owner]['pool']}-round{number}"

    def last_pool(self, owner: str) -> str:
        """Name of the sample that the last map of a molecule's rounds learns from."""
        return self.pool(owner, self.of[owner]["count"])

    def method(self, owner: str) -> str:
        """Folder of the map that moves a molecule in its rounds."""
        return f"{self.of[owner]['method']}_forces"

    @cached_property
    def printed_runs(self) -> list[MapRuns]:
        """Dynamics by ML-HK as paper B prints it, one for each reading of the friction."""
        trajectories = self.config["trajectories"]
        driven = trajectories["driven"]
        pool = f"{driven['molecule']}/{trajectories['pool']}"
        times = {key: driven[key] for key in ("equilibration", "length", "interval", "time_step")}
        return [
            MapRuns(
                pool,
                "hohenberg_kohn",
                name,
                (driven["temperature"],) * driven["runs"],
                protocol_arguments(driven["temperature"], times | {"friction": friction}),
            )
            for name, friction in driven["frictions"].items()
        ]

    @cached_property
    def runs(self) -> dict[tuple[str, str, str], MapRuns]:
        """Sample, method and name -> dynamics by a map, all that the study has."""
        found = [*self.printed_runs]
        for owner, rounds in self.of.items():
            method, count = self.method(owner), rounds["count"]
            each = tuple(t for t in rounds["temperatures"] for _ in range(rounds["runs"]))
            learning = [self.pool(owner, number) for number in range(count)]
            found += [self._map_runs(pool, method, LEARNING, each, rounds) for pool in learning]
            found += self._stability_runs(owner, [*learning, self.last_pool(owner)])
        return {runs.key: runs for runs in found}

    def _stability_runs(self, owner: str, rounds: list[str]) -> list[MapRuns]:
        """Tests of the maps of all rounds, and of the pool's from energies alone."""
        stability = self.owners[owner]["stability"]
        if stability is None:
            return []
        method = self.method(owner)
        each = (stability["temperature"],) * stability["runs"]
        alone = f"{owner}/{self.of[owner]['pool']}", method.removesuffix("_forces")
        maps = [alone, *((pool, method) for pool in rounds)]
        found = [self._map_runs(*of, STABILITY, each, stability) for of in maps]
        if stability["long_runs"]:
            each = (stability["temperature"],) * stability["long_runs"]
            settings = {"length": stability["long_length"]}
            found.append(self._map_runs(rounds[-1], method, LONG, each, settings))
        return found

    def _map_runs(
        self,
        pool: str,
        method: str,
        name: str,
        temperatures: tuple[float, ...],
        settings: Mapping[str, Any],
    ) -> MapRuns:
        times = {"equilibration": 0.0, "length": settings["length"]} | self.config["maps"][
            "dynamics"
        ]
        return MapRuns(pool, method, name, temperatures, protocol_arguments(temperatures[0], times))


def protocol_arguments(temperature: float, times: Mapping[str, float]) -> dict[str, float]:
    """Return arguments of `DynamicsProtocol.in_femtoseconds`.

    Args:
        temperature: in K.
        times: `equilibration`, `length` and `interval` in ps, `time_step` in fs, `friction` in
            1/ps.
    """
    in_picoseconds = {name: 1000 * times[name] for name in ("equilibration", "length", "interval")}
    return {
        "temperature": temperature,
        **in_picoseconds,
        "time_step": times["time_step"],
        "friction": times["friction"] / 1000,
    }
