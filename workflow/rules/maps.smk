"""Maps by kernel ridge regression: of the exact systems of paper A, and of molecules (paper B)."""


rule functional_errors:
    input:
        "results/model_systems/{data_set}.parquet",
    output:
        "results/maps/{data_set}/functional_errors.parquet",
    log:
        "logs/functional_errors/{data_set}.log",
    benchmark:
        "results/benchmarks/functional_errors/{data_set}.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        code=code("functional_errors.py"),
    script:
        "../scripts/functional_errors.py"


rule nested_errors:
    input:
        "results/follow_up/{charge_set}/charge_states.parquet",
    output:
        "results/follow_up/{charge_set}/nested_errors.parquet",
    log:
        "logs/nested_errors/{charge_set}.log",
    benchmark:
        "results/benchmarks/nested_errors/{charge_set}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        validation={key: value for key, value in FOLLOW_UP.items() if key != "data_sets"},
        seed=config["seed"],
        code=code("nested_errors.py"),
    script:
        "../scripts/nested_errors.py"


rule functional_methods:
    input:
        table1="results/tables/table1.parquet",
        errors=expand(
            "results/maps/{data_set}/functional_errors.parquet", data_set=MAPPED_DATA_SETS
        ),
        published=PUBLISHED,
    output:
        table="results/tables/functional_methods.parquet",
        markdown=report(
            "results/tables/functional_methods.md",
            caption="../report/functional_methods_table.rst",
            category="This study",
            labels={"item": "functional methods, table"},
        ),
    log:
        "logs/functional_methods.log",
    benchmark:
        "results/benchmarks/functional_methods.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        code=code("functional_methods.py"),
    script:
        "../scripts/functional_methods.py"


rule noise_response:
    input:
        systems="results/model_systems/{data_set}.parquet",
        ensembles=expand(
            "results/networks/{{data_set}}/{functional}/ensemble.safetensors",
            functional=[name for name in FUNCTIONALS if name.endswith("-n")],
        ),
    output:
        "results/maps/{data_set}/noise_response.parquet",
    log:
        "logs/noise_response/{data_set}.log",
    benchmark:
        "results/benchmarks/noise_response/{data_set}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        noise=config["maps"]["exact_systems"]["noise"],
        draws=config["maps"]["exact_systems"]["draws"],
        seed=config["seed"],
        code=code("noise_response.py"),
    script:
        "../scripts/noise_response.py"


# Maps are trained on a sample, their pool; what they are trained on, by name.
TRAINED_ON = {
    "geometries": "results/molecules/{sample}/geometries.parquet",
    "energies": "results/molecules/{sample}/energies.parquet",
}
OF_DENSITIES = {
    "subspace": "results/maps/{sample}/hohenberg_kohn/density_subspace.safetensors",
    "coordinates": "results/maps/{sample}/density_coordinates.parquet",
}


rule density_subspace:
    input:
        lambda wildcards: sample_of(wildcards).chunk_files("reference"),
    output:
        **OF_DENSITIES,
    log:
        "logs/density_subspace/{sample}.log",
    benchmark:
        "results/benchmarks/density_subspace/{sample}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        densities=FOURIER_BASIS,
        code=code("density_subspace.py"),
    script:
        "../scripts/density_subspace.py"


rule density_coordinates:
    input:
        subspace=OF_DENSITIES["subspace"],
        chunks=lambda wildcards: test_sample(wildcards).chunk_files("reference"),
    output:
        "results/maps/{sample}/test_coordinates.parquet",
    log:
        "logs/density_coordinates/{sample}.log",
    benchmark:
        "results/benchmarks/density_coordinates/{sample}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        code=code("density_coordinates.py"),
    script:
        "../scripts/density_coordinates.py"


# The same of a further sample that the maps are tested on.
rule further_coordinates:
    input:
        subspace=OF_DENSITIES["subspace"],
        chunks=lambda wildcards: SAMPLES.by_name[
            f"{sample_of(wildcards).owner}/{wildcards.further}"
        ].chunk_files("reference"),
    output:
        "results/maps/{sample}/further/{further}_coordinates.parquet",
    log:
        "logs/further_coordinates/{sample}_{further}.log",
    benchmark:
        "results/benchmarks/further_coordinates/{sample}_{further}.tsv"
    wildcard_constraints:
        further=one_of(
            dict.fromkeys(name for maps in SAMPLES.owners.values() for name in further_tests(maps))
        ),
    conda:
        "../../envs/study.yaml"
    params:
        code=code("density_coordinates.py"),
    script:
        "../scripts/density_coordinates.py"


rule map_errors:
    input:
        unpack(error_inputs),
        unpack(further_inputs),
        structure=structure,
    output:
        errors="results/maps/{sample}/errors.parquet",
        elsewhere="results/maps/{sample}/errors_elsewhere.parquet",
    log:
        "logs/map_errors/{sample}.log",
    benchmark:
        "results/benchmarks/map_errors/{sample}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        sample=lambda wildcards: sample_of(wildcards).key,
        test=lambda wildcards: maps_of(wildcards)["test"],
        sizes=lambda wildcards: maps_of(wildcards)["sizes"],
        also_tests=lambda wildcards: further_tests(maps_of(wildcards)),
        splits=lambda wildcards: maps_of(wildcards).get("splits") or 1,
        per_coefficient=lambda wildcards: maps_of(wildcards).get("per_coefficient", False),
        ordered=lambda wildcards: sample_of(wildcards).is_chosen,
        own_axes=own_axes,
        seed=config["seed"],
        code=code("map_errors.py"),
    script:
        "../scripts/map_errors.py"


rule symmetric_errors:
    input:
        unpack(energy_inputs),
        structure=structure,
    output:
        "results/maps/{sample}/symmetric_errors.parquet",
    log:
        "logs/symmetric_errors/{sample}.log",
    benchmark:
        "results/benchmarks/symmetric_errors/{sample}.tsv"
    wildcard_constraints:
        sample=one_of(SYMMETRIC_POOLS),
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        sample=lambda wildcards: sample_of(wildcards).key,
        test=lambda wildcards: maps_of(wildcards)["test"],
        sizes=lambda wildcards: maps_of(wildcards)["sizes"],
        splits=lambda wildcards: maps_of(wildcards).get("splits") or 1,
        ordered=lambda wildcards: sample_of(wildcards).is_chosen,
        own_axes=own_axes,
        seed=config["seed"],
        code=code("symmetric_errors.py"),
    script:
        "../scripts/symmetric_errors.py"


rule symmetric_kernel:
    input:
        errors=SYMMETRIC_ERRORS,
    output:
        markdown=report(
            "results/tables/symmetric_kernel.md",
            caption="../report/symmetric_kernel_table.rst",
            category="This study",
            labels={"item": "symmetric kernel, table"},
        ),
    log:
        "logs/symmetric_kernel.log",
    benchmark:
        "results/benchmarks/symmetric_kernel.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        code=code("symmetric_kernel.py"),
    script:
        "../scripts/symmetric_kernel.py"


rule molecule_map:
    input:
        unpack(map_inputs),
        structure=structure,
    output:
        "results/maps/{sample}/{method}/map.safetensors",
    log:
        "logs/molecule_map/{sample}_{method}.log",
    benchmark:
        "results/benchmarks/molecule_map/{sample}_{method}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        sample=lambda wildcards: sample_of(wildcards).key,
        forces=lambda wildcards: wildcards.method.endswith("_forces"),
        own_axes=own_axes,
        code=code("molecule_map.py"),
    script:
        "../scripts/molecule_map.py"


rule predicted_density:
    input:
        unpack(error_inputs),
        structure=structure,
    output:
        "results/maps/{sample}/predicted_density.parquet",
    log:
        "logs/predicted_density/{sample}.log",
    benchmark:
        "results/benchmarks/predicted_density/{sample}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        sample=lambda wildcards: sample_of(wildcards).key,
        test=lambda wildcards: maps_of(wildcards)["test"],
        sizes=lambda wildcards: maps_of(wildcards)["sizes"],
        ordered=lambda wildcards: sample_of(wildcards).is_chosen,
        own_axes=own_axes,
        seed=config["seed"],
        code=code("predicted_density.py"),
    script:
        "../scripts/predicted_density.py"


rule potential_descriptor:
    input:
        unpack(error_inputs),
        structure=structure,
    output:
        widths="results/maps/{sample}/potential_widths.parquet",
        spacings="results/maps/{sample}/potential_spacings.parquet",
    log:
        "logs/potential_descriptor/{sample}.log",
    benchmark:
        "results/benchmarks/potential_descriptor/{sample}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        sample=lambda wildcards: sample_of(wildcards).key,
        test=lambda wildcards: maps_of(wildcards)["test"],
        sizes=lambda wildcards: maps_of(wildcards)["sizes"],
        ordered=lambda wildcards: sample_of(wildcards).is_chosen,
        own_axes=own_axes,
        splits=lambda wildcards: maps_of(wildcards)["splits"],
        widths=config["maps"]["potential"]["widths"],
        spacings=config["maps"]["potential"]["spacings"],
        seed=config["seed"],
        code=code("potential_descriptor.py"),
    script:
        "../scripts/potential_descriptor.py"


rule ablation:
    input:
        unpack(ablation_inputs),
        structure=structure,
    output:
        "results/maps/{sample}/ablation.parquet",
    log:
        "logs/ablation/{sample}.log",
    benchmark:
        "results/benchmarks/ablation/{sample}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        sample=lambda wildcards: sample_of(wildcards).key,
        test=lambda wildcards: maps_of(wildcards)["test"],
        sizes=lambda wildcards: maps_of(wildcards)["sizes"],
        splits=lambda wildcards: maps_of(wildcards).get("splits") or 1,
        ordered=lambda wildcards: sample_of(wildcards).is_chosen,
        substitutes={
            key: value for key, value in config["maps"]["ablation"].items() if key != "molecules"
        },
        seed=config["seed"],
        code=code("ablation.py"),
    script:
        "../scripts/ablation.py"


rule forces_table:
    input:
        errors=error_tables(FORCE_POOLS),
        energies=expand("results/molecules/{sample}/energies.parquet", sample=FORCE_POOLS),
    output:
        report(
            "results/tables/forces.md",
            caption="../report/forces_table.rst",
            category="This study",
            labels={"item": "errors from forces, table"},
        ),
    log:
        "logs/forces_table.log",
    benchmark:
        "results/benchmarks/forces_table.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        settings=[name.split("/") for name in FORCE_POOLS],
        code=code("forces_table.py"),
    script:
        "../scripts/forces_table.py"


rule ablation_table:
    input:
        ablations=ABLATIONS,
        errors=ABLATION_ERRORS,
        published=PUBLISHED,
    output:
        table="results/tables/ablation.parquet",
        markdown=report(
            "results/tables/ablation.md",
            caption="../report/ablation_table.rst",
            category="This study",
            labels={"item": "choices of the study, table"},
        ),
    log:
        "logs/ablation_table.log",
    benchmark:
        "results/benchmarks/ablation_table.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        code=code("ablation_table.py"),
    script:
        "../scripts/ablation_table.py"


rule bogojeski_table1:
    input:
        errors=TABLE1_ERRORS,
        published=PUBLISHED,
    output:
        table="results/tables/bogojeski_table1.parquet",
        markdown=report(
            "results/tables/bogojeski_table1.md",
            caption="../report/bogojeski_table1.rst",
            category="Paper B",
            labels={"item": "Table 1"},
        ),
    log:
        "logs/bogojeski_table1.log",
    benchmark:
        "results/benchmarks/bogojeski_table1.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        code=code("bogojeski_table1.py"),
    script:
        "../scripts/bogojeski_table1.py"


rule bogojeski_table2:
    input:
        errors=TABLE2_ERRORS,
        elsewhere=TABLE2_ELSEWHERE,
        published=PUBLISHED,
    output:
        table="results/tables/bogojeski_table2.parquet",
        markdown=report(
            "results/tables/bogojeski_table2.md",
            caption="../report/bogojeski_table2.rst",
            category="Paper B",
            labels={"item": "Table 2"},
        ),
    log:
        "logs/bogojeski_table2.log",
    benchmark:
        "results/benchmarks/bogojeski_table2.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        ab_initio=ab_initio_tests(),
        code=code("bogojeski_table2.py"),
    script:
        "../scripts/bogojeski_table2.py"


# A draw, such as ethane/draw1, is the molecule with trajectories, pool, test set and maps of its own.
rule draws:
    input:
        [f"results/maps/{draw}/{config['draws']['pool']}/errors.parquet" for draw in SAMPLES.draws],
    output:
        table="results/tables/draws.parquet",
        markdown=report(
            "results/tables/draws.md",
            caption="../report/draws.rst",
            category="This study",
            labels={"item": "draws"},
        ),
    log:
        "logs/draws.log",
    benchmark:
        "results/benchmarks/draws.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        code=code("draws.py"),
    script:
        "../scripts/draws.py"
