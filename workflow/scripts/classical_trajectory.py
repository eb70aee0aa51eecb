"""Move a molecule by its force field and keep snapshots."""

from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.classical_dynamics import classical_trajectory
from hkmaps.molecules.dynamics_protocol import DynamicsProtocol
from hkmaps.molecules.results import TRAJECTORY
from hkmaps.tables import write_table

with study_job(snakemake) as log:
    inputs, params, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
    draw = wildcards.molecule.partition("/")[2]
    trajectory = classical_trajectory(
        Molecule.from_entry(params.molecule["name"], inputs.structure, params.molecule),
        inputs.force_field,
        DynamicsProtocol.in_femtoseconds(**params.protocol),
        f"{draw} {wildcards.run}".strip(),
        params.seed,
        int(wildcards.tautomer),
        progress=log.info,
    )
    write_table(trajectory, snakemake.output[0], TRAJECTORY)
