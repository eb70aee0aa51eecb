"""Move a molecule by forces of the reference engine, through a proton transfer."""

from study_job import study_job

from hkmaps.densities.fourier import FourierBasis
from hkmaps.molecules.ab_initio_dynamics import ab_initio_trajectory
from hkmaps.molecules.engines import reference_engine
from hkmaps.molecules.proton_transfer import proton_transfer_start, proton_transfer_table
from hkmaps.molecules.results import DYNAMICS_ENDS, PROTON_TRANSFER, TRAJECTORY
from hkmaps.molecules.systems import find_molecule
from hkmaps.tables import write_table
from hkmaps.units import FEMTOSECOND_PER_ATOMIC_TIME

with study_job(snakemake) as log:
    params, outputs = snakemake.params, snakemake.output
    molecule = find_molecule(snakemake.wildcards.conformer)
    positions, velocities = proton_transfer_start(molecule, params.temperature, params.seed)
    dynamics = ab_initio_trajectory(
        reference_engine(
            params.engine["name"],
            FourierBasis(params.box_length, params.frequencies),
            params.engine["settings"],
        ),
        molecule,
        positions,
        velocities,
        round(1000 * params.length / params.time_step),
        params.time_step / FEMTOSECOND_PER_ATOMIC_TIME,
        f"{outputs.trajectory}.checkpoint",
        progress=log.info,
    )
    write_table(proton_transfer_table(molecule, dynamics.frames), outputs.transfer, PROTON_TRANSFER)
    write_table(dynamics.end("ab_initio"), outputs.ends, DYNAMICS_ENDS)
    write_table(dynamics.frames, outputs.trajectory, TRAJECTORY)
