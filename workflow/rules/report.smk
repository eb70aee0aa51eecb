"""Figures, claims, cost, the report: what the study ends with. A figure reads tables only."""

CONVERGENCE = "results/model_systems/convergence.parquet"
GAUGE_SHIFT = "results/model_systems/gauge_shift.parquet"
ATOMS = "results/model_systems/atoms.parquet"
DIATOMICS = "results/model_systems/diatomics.parquet"
ARCHITECTURE = "results/networks/architecture.parquet"
ATOM_PAIRS = "results/conditioning/atoms.parquet"
DIATOMIC_PAIRS = "results/conditioning/diatomics.parquet"
FIGURE12 = "results/conditioning/figure12.parquet"
PREDICTED_DENSITY = f"results/maps/{WATER}/predicted_density.parquet"
TABLE1 = "results/tables/table1.parquet"
# What decides the statements of paper A in words, and Table 1 over seeds.
STATEMENTS = {
    "table1_seeds": "results/tables/table1_seeds.parquet",
    "architectures": "results/tables/architectures.parquet",
    # Those of atoms, which the paper's statement is of.
    "depths": [path for path in networks_tables("depths") if "/atoms/" in path],
    "impacts": "results/tables/hyperparameters.parquet",
    "near_optimal": "results/tables/near_optimal.parquet",
    "ranges": "results/tables/output_ranges.parquet",
    "families": "results/tables/families.parquet",
}
REFERENCE_CALCULATIONS = "results/tables/reference_calculations.parquet"
CLAIMS = "results/claims.parquet"
COST = "results/cost.parquet"
FOLLOW_UP_TABLE = "results/tables/follow_up.parquet"
CALIBRATION = "results/tables/calibration.parquet"
CLASSICAL_ENERGIES = [
    f"results/maps/{trajectory_pool(name)}/classical_energies.parquet"
    for name in TRAJECTORIES["classical"]
]
# Figure 8 is of A[V]; the extent of the search is that of any functional.
SEARCHED_FUNCTIONAL = "A-V" if "A-V" in SEARCHED_FUNCTIONALS else SEARCHED_FUNCTIONALS[0]
# Data set -> the same on a converged grid.
CONVERGED = {
    name: f"{name}-converged"
    for name in TRAINED_DATA_SETS
    if f"{name}-converged" in TRAINED_DATA_SETS
}

FIGURE3 = {
    "ab_initio": f"results/maps/{trajectory_pool(AB_INITIO)}/ab_initio_energies.parquet",
    "transfer": f"{AB_INITIO_FOLDER}/proton_transfer.parquet",
    **{
        f"driven_{table}": [
            f"{runs.folder}/{table}.parquet" for runs in SAMPLES.rounds.printed_runs
        ]
        for table in ("energies", "frames", "ends")
    },
    "fluctuations": f"results/maps/{trajectory_pool(DRIVEN)}/hohenberg_kohn/fluctuations.parquet",
    "ab_initio_end": f"{AB_INITIO_FOLDER}/ab_initio_end.parquet",
}


# Beginning of a figure's name -> where the report shows it.
CATEGORIES = {
    "arnstein": "Paper A",
    "bogojeski": "Paper B",
    "brockherde": "Paper B",
    "study": "This study",
}

# Name of the figure -> what it reads; its caption and files follow from the name, and so does its
# script where FIGURE_SCRIPTS has none.
FIGURES = {
    "arnstein_fig01": {"gauge_shift": GAUGE_SHIFT},
    "arnstein_fig02": {"convergence": CONVERGENCE, "published": PUBLISHED},
    "arnstein_fig03": {"atoms": ATOMS},
    "arnstein_fig04": {"diatomics": DIATOMICS},
    "arnstein_fig05": {"gauge_shift": GAUGE_SHIFT},
    "arnstein_fig06": {"gauge_shift": GAUGE_SHIFT},
    "arnstein_fig07": {"architecture": ARCHITECTURE},
    "arnstein_fig09": {"table1": TABLE1, "published": PUBLISHED},
    "arnstein_fig10": {"pairs": ATOM_PAIRS, "atoms": ATOMS, "published": PUBLISHED},
    "arnstein_fig11": {"pairs": ATOM_PAIRS},
    "arnstein_fig12": {"figure12": FIGURE12, "published": PUBLISHED},
    "arnstein_fig13": {"atom_pairs": ATOM_PAIRS, "diatomic_pairs": DIATOMIC_PAIRS},
    "arnstein_fig14": {"table1": TABLE1, "published": PUBLISHED},
    "bogojeski_fig01": {"predicted": PREDICTED_DENSITY},
    "study_learning_curves": {"errors": TABLE1_ERRORS, "published": PUBLISHED},
    "study_density_h2o": {"predicted": PREDICTED_DENSITY},
    "study_convergence_plane": {"atoms": ATOMS},
    "study_system_size": {"convergence": CONVERGENCE, "published": PUBLISHED},
    "study_table1_converged": {"table1": TABLE1},
    "study_table1_seeds": {"seeds": STATEMENTS["table1_seeds"], "published": PUBLISHED},
    "study_architectures": {
        "architectures": STATEMENTS["architectures"],
        "depths": networks_tables("depths"),
        "impacts": STATEMENTS["impacts"],
    },
    "study_output_ranges": {"ranges": STATEMENTS["ranges"]},
    "study_families": {"families": STATEMENTS["families"]},
    "study_functional_methods": {
        "table1": TABLE1,
        "errors": expand(
            "results/maps/{data_set}/functional_errors.parquet", data_set=MAPPED_DATA_SETS
        ),
    },
    "study_conditioning": {
        "nested": of_charge_sets("nested_errors"),
        "lipschitz": of_charge_sets("lipschitz_quotients"),
        "noise": expand(
            "results/maps/{data_set}/noise_response.parquet", data_set=MAPPED_DATA_SETS
        ),
        "pairs": expand("results/conditioning/{data_set}.parquet", data_set=MAPPED_DATA_SETS),
        "molecules": DENSITY_NOISE,
    },
    "study_density_noise": {"noise": DENSITY_NOISE},
    "study_claims": {"claims": CLAIMS},
    "study_claims_paper_a": {"claims": CLAIMS},
    "study_claims_paper_b": {"claims": CLAIMS},
    "study_claims_source": {"claims": CLAIMS},
    "study_claims_follow_up": {"claims": CLAIMS},
    "brockherde_box": {"errors": BOX_ERRORS, "published": PUBLISHED},
    "brockherde_fig02": {"surface": SURFACE, "minima": MINIMA},
    "brockherde_fig04": {"plane": PLANES},
    "bogojeski_fig02": {"trajectories": CLASSICAL_ENERGIES, "published": PUBLISHED},
    "bogojeski_fig03": {**FIGURE3, "published": PUBLISHED},
    "study_engine_accuracy": {"accuracy": ENGINE_ACCURACY},
    "study_conformer_curves": {
        "errors": TABLE2_ERRORS,
        "elsewhere": TABLE2_ELSEWHERE,
        "published": PUBLISHED,
    },
    "study_symmetric_kernel": {"errors": SYMMETRIC_ERRORS},
    "study_ablation": {"ablation": "results/tables/ablation.parquet", "published": PUBLISHED},
    "study_forces": {
        "errors": error_tables(FORCE_POOLS),
        "energies": expand("results/molecules/{sample}/energies.parquet", sample=FORCE_POOLS),
    },
    "study_dynamics": dynamics_inputs(PAPER_MOLECULES),
    "study_observables": observable_inputs(PAPER_MOLECULES),
    "study_uncertainty": {"tests": TESTS, "calibration": CALIBRATION},
    "study_cost": {"cost": COST},
}
# A config may leave out all that a figure shows.
for name, shown in {
    "bogojeski_fig02": CLASSICAL_ENERGIES,
    "brockherde_fig04": PLANES,
    "study_table1_converged": CONVERGED,
    "study_conditioning": MAPPED_DATA_SETS,
    "study_symmetric_kernel": SYMMETRIC_ERRORS,
    "study_ablation": ABLATION_POOLS,
    "study_forces": FORCE_POOLS,
    "study_dynamics": dynamics_ends(PAPER_MOLECULES),
    "study_observables": TESTS,
    "study_uncertainty": TESTS,
}.items():
    if not shown:
        del FIGURES[name]
# The look of all figures.
STYLE = file_digest("src/hkmaps/reporting/hkmaps.mplstyle")
# The parts of the config that a figure shows.
FIGURE_SETTINGS = {
    "study_claims_paper_a": "arnstein2025",
    "study_claims_paper_b": "bogojeski2018",
    "study_claims_source": "brockherde2017",
    "study_claims_follow_up": "arnstein2026",
    "arnstein_fig09": "atoms",
    "arnstein_fig14": "diatomics",
    "study_dynamics": shown_dynamics(PAPER_MOLECULES),
    "study_observables": published_barriers(PAPER_MOLECULES),
    "study_uncertainty": last_maps(PAPER_MOLECULES),
    "study_forces": [name.split("/") for name in FORCE_POOLS],
    "study_engine_accuracy": config["accuracy"]["cost_goals"],
    "study_conformer_curves": ab_initio_tests(),
    "bogojeski_fig02": {name: trained_on(name) for name in TRAJECTORIES["classical"]},
    "bogojeski_fig03": {
        "trained": trained_on(DRIVEN),
        "frictions": TRAJECTORIES["driven"]["frictions"],
    },
    "arnstein_fig12": config["conditioning"]["figure12"]["separations"],
    "study_convergence_plane": config["model_systems"]["threshold"],
    "study_architectures": config["networks"]["depths"]["data_sets"],
    "study_functional_methods": MAPPED_DATA_SETS,
    "study_conditioning": MAPPED_DATA_SETS,
    "study_table1_converged": CONVERGED,
}
# Script of figures that differ in their settings alone.
FIGURE_SCRIPTS = {
    **dict.fromkeys(
        (f"study_claims_{part}" for part in ("paper_a", "paper_b", "source", "follow_up")),
        "claims_at_a_glance",
    ),
    **dict.fromkeys(["arnstein_fig09", "arnstein_fig14"], "functional_errors_by_data_set"),
}


for name, tables in FIGURES.items():

    rule:
        name:
            name
        input:
            **tables,
        output:
            png=report(
                f"results/figures/{name}.png",
                caption=f"../report/{name}.rst",
                category=CATEGORIES[name.partition("_")[0]],
                labels={"item": name.partition("_")[2]},
            ),
            pdf=f"results/figures/{name}.pdf",
        log:
            f"logs/figures/{name}.log",
        benchmark:
            f"results/benchmarks/figures/{name}.tsv"
        localrule: True
        conda:
            "../../envs/study.yaml"
        params:
            script=FIGURE_SCRIPTS.get(name, name),
            settings=FIGURE_SETTINGS.get(name),
            style=STYLE,
            code=code(f"{FIGURE_SCRIPTS.get(name, name)}.py"),
        script:
            "../scripts/{params.script}.py"


rule arnstein_fig08:
    input:
        search="results/networks/{data_set}/{functional}/grid_search.parquet",
        published=PUBLISHED,
    output:
        png=report(
            "results/figures/arnstein_fig08_{data_set}_{functional}.png",
            caption="../report/arnstein_fig08.rst",
            category="Paper A",
            labels={"item": "fig08 {functional}, {data_set}"},
        ),
        pdf="results/figures/arnstein_fig08_{data_set}_{functional}.pdf",
    log:
        "logs/figures/arnstein_fig08_{data_set}_{functional}.log",
    benchmark:
        "results/benchmarks/figures/arnstein_fig08_{data_set}_{functional}.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        style=STYLE,
        code=code("arnstein_fig08.py"),
    script:
        "../scripts/arnstein_fig08.py"


rule study_noise_response:
    input:
        noise="results/maps/{data_set}/noise_response.parquet",
        pairs="results/conditioning/{data_set}.parquet",
    output:
        png=report(
            "results/figures/study_noise_response_{data_set}.png",
            caption="../report/study_noise_response.rst",
            category="This study",
            labels={"item": "noise response, {data_set}"},
        ),
        pdf="results/figures/study_noise_response_{data_set}.pdf",
    log:
        "logs/figures/study_noise_response_{data_set}.log",
    benchmark:
        "results/benchmarks/figures/study_noise_response_{data_set}.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        style=STYLE,
        code=code("study_noise_response.py"),
    script:
        "../scripts/study_noise_response.py"


rule claims:
    input:
        **FIGURE3,
        **STATEMENTS,
        convergence=CONVERGENCE,
        gauge_shift=GAUGE_SHIFT,
        atoms=ATOMS,
        diatomics=DIATOMICS,
        architecture=ARCHITECTURE,
        search=f"results/networks/atoms/{SEARCHED_FUNCTIONAL}/grid_search.parquet",
        grid_search="results/tables/grid_search.parquet",
        table1=TABLE1,
        atom_pairs=ATOM_PAIRS,
        figure12=FIGURE12,
        molecule_errors=TABLE1_ERRORS,
        geometries=expand("results/molecules/{sample}/geometries.parquet", sample=TABLE1_POOLS),
        potential_widths=expand(
            "results/maps/{sample}/potential_widths.parquet", sample=TABLE1_POOLS
        ),
        potential_spacings=expand(
            "results/maps/{sample}/potential_spacings.parquet", sample=TABLE1_POOLS
        ),
        reference=f"results/molecules/{WATER}/energies.parquet",
        coupled_cluster=f"results/molecules/{WATER}/coupled_cluster.parquet",
        conformer_errors=TABLE2_ERRORS,
        conformer_elsewhere=TABLE2_ELSEWHERE,
        draws="results/tables/draws.parquet",
        ablation="results/tables/ablation.parquet",
        calculations=REFERENCE_CALCULATIONS,
        classical=CLASSICAL_ENERGIES,
        follow_up=FOLLOW_UP_TABLE,
        charge_states="results/follow_up/soft-atoms/charge_states.parquet",
        box=BOX_ERRORS,
        minima=MINIMA,
        planes=PLANES,
        # Snapshots of Figure 2 of paper B, of which its source says more.
        benzene=[
            f"results/molecules/benzene/{SAMPLES.owners['benzene']['test']}/geometries.parquet"
            for name in TRAJECTORIES["classical"]
            if name == "benzene"
        ],
        ethane=[structure(as_wildcards(molecule="ethane"))] if CONFORMERS else [],
        conformers=expand("results/molecules/ethane/{name}/geometries.parquet", name=CONFORMERS),
        full_ci=FULL_CI,
        full_ci_reference=[path.replace("coupled_cluster", "energies") for path in FULL_CI],
        published=PUBLISHED,
    output:
        table=CLAIMS,
        markdown=report(
            "results/claims.md",
            caption="../report/claims.rst",
            category="Claims",
            labels={"item": "claims"},
        ),
    log:
        "logs/claims.log",
    benchmark:
        "results/benchmarks/claims.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        settings={
            "reference_length": config["model_systems"]["reference_grid"]["length"],
            "reference_density": config["model_systems"]["reference_grid"]["density"],
            "grid_search_steps": config["networks"]["grid_search"]["steps"],
            "validation_fraction": config["networks"]["grid_search"]["validation_fraction"],
            "training_steps": config["networks"]["repeats"]["steps"],
        },
        molecules=[molecule_of(name) for name in TABLE1_POOLS],
        classical=TRAJECTORIES["classical"],
        conformer_settings=dynamics_settings(),
        statements={
            "benzene_size": max(SAMPLES.owners.get("benzene", {}).get("sizes", [0])),
            "ethane": (molecule_settings(as_wildcards(molecule="ethane")) if CONFORMERS else None),
            "conformers": list(CONFORMERS),
        },
        frictions=TRAJECTORIES["driven"]["frictions"],
        molecule_settings={
            "engine": engine(as_wildcards(sample=WATER)),
            **{key: config["densities"][key] for key in ("box_length", "frequencies")},
            "test_counts": {
                molecule_of(name): SAMPLES.owners[molecule_of(name)]["test"]
                for name in TABLE1_POOLS
            },
        },
        follow_up={
            key: FOLLOW_UP[key] for key in ("outer_folds", "inner_folds", "repeats", "noise")
        },
        papers=["arnstein2025", "bogojeski2018", "brockherde2017", "arnstein2026"],
        code=code("claims.py"),
    script:
        "../scripts/claims.py"


# Table of the report -> what it is written from, and its caption.
TABLES = {
    "table1": (TABLE1, "arnstein_table1"),
    "table1_seeds": ("results/tables/table1_seeds.parquet", "table1_seeds_table"),
    "grid_search": ("results/tables/grid_search.parquet", "study_grid_search"),
    "architectures": ("results/tables/architectures.parquet", "architectures_table"),
    "output_ranges": ("results/tables/output_ranges.parquet", "output_ranges_table"),
    "families": ("results/tables/families.parquet", "families_table"),
    "bogojeski_table1": ("results/tables/bogojeski_table1.parquet", "bogojeski_table1"),
    "bogojeski_table2": ("results/tables/bogojeski_table2.parquet", "bogojeski_table2"),
    "brockherde_table1": (BOX_ERRORS, "brockherde_table1"),
    "brockherde_table2": (MINIMA, "brockherde_table2"),
    "draws": ("results/tables/draws.parquet", "draws"),
    "ablation": ("results/tables/ablation.parquet", "ablation_table"),
    "functional_methods": (
        "results/tables/functional_methods.parquet",
        "functional_methods_table",
    ),
    "follow_up": (FOLLOW_UP_TABLE, "follow_up_table"),
    "dynamics": ("results/tables/dynamics.parquet", "dynamics_table"),
    "engine_accuracy": (ENGINE_ACCURACY, "engine_accuracy_table"),
    "reference_calculations": (REFERENCE_CALCULATIONS, "reference_calculations"),
    **(
        {"symmetric_kernel": (SYMMETRIC_ERRORS, "symmetric_kernel_table")}
        if SYMMETRIC_ERRORS
        else {}
    ),
    **({"forces": (error_tables(FORCE_POOLS), "forces_table")} if FORCE_POOLS else {}),
    **({"observables": (OBSERVABLES, "observables_table")} if OBSERVABLES else {}),
    "cost": (COST, "cost_table"),
}
# Figure of several files -> these, and what they are drawn from.
FIGURE_SERIES = {
    "arnstein_fig08": (
        expand("results/figures/arnstein_fig08_{data_set}_{functional}.png", **SEARCHED),
        trained("grid_search.parquet", SEARCHED_DATA_SETS, SEARCHED_FUNCTIONALS),
    ),
    "study_noise_response": (
        expand("results/figures/study_noise_response_{data_set}.png", data_set=MAPPED_DATA_SETS),
        expand("results/maps/{data_set}/noise_response.parquet", data_set=MAPPED_DATA_SETS),
    ),
}
CLAIM_FIGURES = [
    "study_claims",
    "study_claims_paper_a",
    "study_claims_paper_b",
    "study_claims_source",
    "study_claims_follow_up",
]
# Chapter of the report -> its figures and tables, those of a paper in its own order.
REPORT = {
    "Claims": CLAIM_FIGURES,
    "Paper A": [
        *(f"arnstein_fig{number:02d}" for number in range(1, 9)),
        "grid_search",
        "architectures",
        "table1",
        *(f"arnstein_fig{number:02d}" for number in range(9, 15)),
        "output_ranges",
        "families",
    ],
    "Paper B": [
        "bogojeski_fig01",
        "bogojeski_table1",
        "bogojeski_table2",
        "bogojeski_fig02",
        "bogojeski_fig03",
        "brockherde_table1",
        "brockherde_box",
        "brockherde_table2",
        "brockherde_fig02",
        "brockherde_fig04",
    ],
    "This study": [
        *(
            name
            for name in [*FIGURES, *FIGURE_SERIES]
            if name.startswith("study_") and name not in [*CLAIM_FIGURES, "study_cost"]
        ),
        "table1_seeds",
        "draws",
        "ablation",
        "functional_methods",
        "follow_up",
        "forces",
        "dynamics",
        "observables",
        "engine_accuracy",
        "symmetric_kernel",
        "reference_calculations",
    ],
    "Cost": ["study_cost", "cost"],
}
REPORT = {
    chapter: [name for name in names if name in {*FIGURES, *FIGURE_SERIES, *TABLES}]
    for chapter, names in REPORT.items()
}


rule cost:
    input:
        study_results(),
    output:
        table=COST,
        markdown=report(
            "results/tables/cost.md",
            caption="../report/cost_table.rst",
            category="This study",
            labels={"item": "cost"},
        ),
    log:
        "logs/cost.log",
    benchmark:
        "results/benchmarks/cost.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        jobs=study_jobs,
        code=code("cost.py"),
    script:
        "../scripts/cost.py"


rule kept_costs:
    input:
        cost=COST,
    output:
        "results/costs.csv",
    log:
        "logs/kept_costs.log",
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        sizes=lambda wildcards: [
            [rule, job, job_size(values)]
            for _, rule, job, _ in study_jobs(wildcards, study_results())
            if "chunk" in (values := dict(part.split("=", 1) for part in job.split()))
        ],
        cores=lambda wildcards: workflow.cores,
        code=code("kept_costs.py"),
    script:
        "../scripts/kept_costs.py"


rule study_report:
    input:
        **report_inputs(REPORT),
        claims_table=CLAIMS,
        claims="results/claims.md",
        cost_table=COST,
    output:
        "results/report.html",
    log:
        "logs/study_report.log",
    benchmark:
        "results/benchmarks/study_report.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        chapters=REPORT,
        captions=report_captions(REPORT),
        config=config,
        published=published_study(),
        template=file_digest("src/hkmaps/reporting/templates/report.html"),
        code=code("study_report.py"),
    script:
        "../scripts/study_report.py"


# What decides the claims of the follow-up of paper A alone.
FOLLOW_UP_INPUTS = ["follow_up", "charge_states"]
# Paper -> its short names, its chapter of the report, and what decides its claims: of paper B, all
# that is not here.
PAPERS = {
    "a": {
        "names": ["arnstein2025"],
        "chapter": "Paper A",
        "claim_inputs": [
            "convergence",
            "gauge_shift",
            "atoms",
            "diatomics",
            "architecture",
            "search",
            "grid_search",
            "table1",
            "atom_pairs",
            "figure12",
            *STATEMENTS,
        ],
    },
    # With the work that it revisits.
    "b": {"names": ["bogojeski2018", "brockherde2017"], "chapter": "Paper B"},
}


for paper, about in PAPERS.items():
    folder = f"results/paper_{paper}"
    chapters = {"Claims": [], about["chapter"]: REPORT[about["chapter"]]}

    rule:
        name:
            f"paper_{paper}_claims"
        input:
            **paper_claim_inputs(paper),
        output:
            table=f"{folder}/claims.parquet",
            markdown=f"{folder}/claims.md",
        log:
            f"logs/paper_{paper}/claims.log",
        localrule: True
        conda:
            "../../envs/study.yaml"
        params:
            **{**dict(rules.claims.params.items()), "papers": about["names"]},
        script:
            "../scripts/claims.py"

    rule:
        name:
            f"paper_{paper}_cost"
        input:
            f"{folder}/claims.md",
            paper_results(paper),
        output:
            table=f"{folder}/cost.parquet",
            markdown=f"{folder}/cost.md",
        log:
            f"logs/paper_{paper}/cost.log",
        localrule: True
        conda:
            "../../envs/study.yaml"
        params:
            jobs=study_jobs,
            code=code("cost.py"),
        script:
            "../scripts/cost.py"

    rule:
        name:
            f"paper_{paper}_report"
        input:
            **report_inputs(chapters),
            claims_table=f"{folder}/claims.parquet",
            claims=f"{folder}/claims.md",
            cost_table=f"{folder}/cost.parquet",
        output:
            f"{folder}/report.html",
        log:
            f"logs/paper_{paper}/report.log",
        localrule: True
        conda:
            "../../envs/study.yaml"
        params:
            **{
                **dict(rules.study_report.params.items()),
                "chapters": chapters,
                "captions": report_captions(chapters),
            },
        script:
            "../scripts/study_report.py"

    rule:
        name:
            f"paper_{paper}"
        input:
            paper_results(paper),
            f"{folder}/claims.md",
            f"{folder}/report.html",
        localrule: True
