"""Molecules of one's own: from an entry of the config to maps, by `snakemake maps`.

They need nothing of the papers: no other molecule, no dynamics of others, no claims.
"""


def engine_for_people(molecule):
    """Name of a molecule's engine with what of its settings chemists ask for first."""
    name = config["molecules"][molecule]["engine"]
    settings = config["engines"][name]
    keys = ("functional", "orbital_basis", "pseudopotentials")
    return f"{name} ({', '.join(settings[key] for key in keys if settings.get(key))})"


def tell_costs():
    """Say what reference calculations of own molecules will cost, from a timed first one.

    What an engine cannot calculate, and what is not installed, ends the run here.
    """
    jobs = list(workflow.dag.needrun_jobs())
    moved = {job.wildcards.molecule for job in jobs if job.rule.name == "xtb_trajectory"}
    calculations, with_forces = {}, set()
    for job in jobs:
        if job.rule.name == "reference_chunk":
            sample, chunk = sample_of(job.wildcards), int(job.wildcards.chunk)
            before = calculations.get(sample.molecule, 0)
            calculations[sample.molecule] = before + (sample.chunk_size(chunk) or 0)
            if sample.has_forces(chunk):
                with_forces.add(sample.molecule)
    for name in OWN:
        if name not in calculations and name not in moved:
            continue
        # Imported for those who calculate: PySCF and its kin take longer than all that is here.
        from hkmaps.densities.fourier import FourierBasis
        from hkmaps.geometry.molecule import Molecule
        from hkmaps.molecules.engines import reference_engine
        from hkmaps.molecules.first_calculation import expected_cost, seconds_of_first
        from hkmaps.molecules.xtb import xtb_calculator

        wildcards = as_wildcards(molecule=name)
        try:
            molecule = Molecule.from_entry(name, structure(wildcards), molecule_settings(wildcards))
            if name in moved:
                xtb_calculator(molecule)
            if name in calculations:
                densities, chosen = config["densities"], engine(wildcards)
                basis = FourierBasis(densities["box_length"], densities["frequencies"])
                seconds = seconds_of_first(
                    molecule,
                    reference_engine(chosen["name"], basis, chosen["settings"]),
                    name in with_forces,
                )
                cost = expected_cost(calculations[name], engine_for_people(name), seconds)
                logger.info(f"{name}: {cost}")
        except HkmapsError as error:
            raise WorkflowError(str(error)) from None


rule own_errors:
    input:
        lambda wildcards: error_tables(
            f"{wildcards.molecule}/{pool}" for pool in SAMPLES.owners[wildcards.molecule]["pools"]
        ),
    output:
        table="results/maps/{molecule}/errors.parquet",
        markdown=report(
            "results/maps/{molecule}/errors.md",
            caption="../report/own_errors.rst",
            category="Molecules",
            labels={"item": "{molecule}, errors"},
        ),
        png=report(
            "results/maps/{molecule}/learning_curve.png",
            caption="../report/own_learning_curve.rst",
            category="Molecules",
            labels={"item": "{molecule}, learning curve"},
        ),
        pdf="results/maps/{molecule}/learning_curve.pdf",
    log:
        "logs/own_errors/{molecule}.log",
    benchmark:
        "results/benchmarks/own_errors/{molecule}.tsv"
    wildcard_constraints:
        molecule=one_of(config["molecules"]),
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        style=STYLE,
        code=code("own_errors.py"),
    script:
        "../scripts/own_errors.py"


rule own_predictions:
    input:
        map="results/maps/{molecule}/{pool}/{method}/map.safetensors",
        geometries="results/molecules/{molecule}/{predicted}/geometries.parquet",
        energies="results/molecules/{molecule}/{predicted}/energies.parquet",
    output:
        "results/maps/{molecule}/{pool}/{method}/samples/{predicted}.xyz",
    log:
        "logs/own_predictions/{molecule}_{pool}_{method}_{predicted}.log",
    benchmark:
        "results/benchmarks/own_predictions/{molecule}_{pool}_{method}_{predicted}.tsv"
    wildcard_constraints:
        molecule=one_of(config["molecules"]),
        pool="[^/]+",
        predicted="[^/]+",
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        code=code("own_predictions.py"),
    script:
        "../scripts/own_predictions.py"


rule maps:
    input:
        own_results(MAPPED),
    localrule: True
