"""Move a molecule by GFN2-xTB and keep snapshots."""

from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.dynamics import Checkpoint
from hkmaps.molecules.dynamics_protocol import DynamicsProtocol
from hkmaps.molecules.results import TRAJECTORY
from hkmaps.molecules.xtb_dynamics import xtb_trajectory
from hkmaps.tables import write_table

with study_job(snakemake) as log:
    inputs, params, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
    draw = wildcards.molecule.partition("/")[2]
    trajectory = xtb_trajectory(
        Molecule.from_entry(params.molecule["name"], inputs.structure, params.molecule),
        DynamicsProtocol.in_femtoseconds(**params.protocol),
        f"{draw} {wildcards.run}".strip(),
        params.seed,
        Checkpoint(f"{snakemake.output[0]}.checkpoint"),
        progress=log.info,
    )
    write_table(trajectory, snakemake.output[0], TRAJECTORY)
