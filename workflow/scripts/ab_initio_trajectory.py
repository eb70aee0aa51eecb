"""Move a molecule by forces of the reference engine, through a proton transfer."""

from study_job import study_job

from hkmaps.densities.fourier import FourierBasis
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.ab_initio_dynamics import ab_initio_trajectory
from hkmaps.molecules.engines import reference_engine
from hkmaps.molecules.proton_transfer import proton_transfer_start, proton_transfer_table
from hkmaps.molecules.results import DYNAMICS_ENDS, PROTON_TRANSFER, TRAJECTORY
from hkmaps.tables import write_table
from hkmaps.units import FEMTOSECOND_PER_ATOMIC_TIME

with study_job(snakemake) as log:
    params, outputs = snakemake.params, snakemake.output
    molecule = Molecule.from_entry(
        params.molecule["name"], snakemake.input.structure, params.molecule
    )
    settings, basis = (
        params.settings,
        FourierBasis(params.densities["box_length"], params.densities["frequencies"]),
    )
    transfer, temperature = settings["transfer"], settings["temperature"]
    positions, velocities = proton_transfer_start(molecule, transfer, temperature, params.seed)
    steps = round(1000 * settings["length"] / settings["time_step"])
    every = round(1000 * settings["interval"] / settings["time_step"])
    dynamics = ab_initio_trajectory(
        reference_engine(params.engine["name"], basis, params.engine["settings"]),
        molecule,
        positions,
        velocities,
        steps,
        settings["time_step"] / FEMTOSECOND_PER_ATOMIC_TIME,
        f"{outputs.trajectory}.checkpoint",
        progress=log.info,
        frames=range(0, steps + 1, every),
    )
    transfers = proton_transfer_table(molecule, transfer, dynamics.frames)
    write_table(transfers, outputs.transfer, PROTON_TRANSFER)
    write_table(dynamics.end("ab_initio"), outputs.ends, DYNAMICS_ENDS)
    write_table(dynamics.frames, outputs.trajectory, TRAJECTORY)
