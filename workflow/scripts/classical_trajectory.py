"""Move a molecule by its force field and keep snapshots."""

from study_job import study_job

from hkmaps.molecules.classical_dynamics import DynamicsProtocol, classical_trajectory
from hkmaps.molecules.results import TRAJECTORY
from hkmaps.molecules.systems import find_molecule
from hkmaps.tables import write_table

with study_job(snakemake) as log:
    wildcards = snakemake.wildcards
    molecule, _, draw = wildcards.conformer.partition("/")
    trajectory = classical_trajectory(
        find_molecule(molecule),
        DynamicsProtocol.in_femtoseconds(**snakemake.params.protocol),
        f"{draw} {wildcards.run}".strip(),
        snakemake.params.seed,
        int(wildcards.tautomer),
        progress=log.info,
    )
    write_table(trajectory, snakemake.output[0], TRAJECTORY)
