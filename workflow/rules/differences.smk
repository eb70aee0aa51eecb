"""What a better method adds to maps: its energies of fewer geometries, and the learned difference."""

DIFFERENCE = "results/maps/{sample}/difference"


# Pools whose maps a better method corrects.
CORRECTED = [
    name
    for name, sample in SAMPLES.by_name.items()
    if sample.key in SAMPLES.owners[sample.owner]["pools"] and SAMPLES.difference(sample)
]


rule other_geometries:
    input:
        other_geometries,
    output:
        CHUNK,
    log:
        "logs/other_geometries/{sample}_{chunk}.log",
    benchmark:
        "results/benchmarks/other_geometries/{sample}_{chunk}.tsv"
    wildcard_constraints:
        sample=names(SAMPLES.where("of")),
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        first=lambda wildcards: int(wildcards.chunk) * GEOMETRIES_PER_CHUNK,
        size=chunk_size,
        code=code("other_geometries.py"),
    script:
        "../scripts/other_geometries.py"


rule energy_chunk:
    input:
        geometries=CHUNK,
        structure=structure,
    output:
        "results/molecules/{sample}/chunks/energies_{chunk}.parquet",
    log:
        "logs/energy_chunk/{sample}_{chunk}.log",
    benchmark:
        "results/benchmarks/energy_chunk/{sample}_{chunk}.tsv"
    wildcard_constraints:
        sample=names(SAMPLES.where("of", energies_alone=True)),
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        engine=engine,
        code=code("energy_chunk.py"),
    script:
        "../scripts/energy_chunk.py"


rule difference_map:
    input:
        unpack(difference_inputs),
        structure=structure,
    output:
        f"{DIFFERENCE}/map.safetensors",
        f"{DIFFERENCE}/difference.safetensors",
    log:
        "logs/difference_map/{sample}.log",
    benchmark:
        "results/benchmarks/difference_map/{sample}.tsv"
    wildcard_constraints:
        sample=one_of(CORRECTED),
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        sample=lambda wildcards: sample_of(wildcards).key,
        better=lambda wildcards: maps_of(wildcards)["difference"]["sample"],
        own_axes=own_axes,
        code=code("difference_map.py"),
    script:
        "../scripts/difference_map.py"


rule difference_errors:
    input:
        unpack(difference_inputs),
        structure=structure,
    output:
        f"{DIFFERENCE}/errors.parquet",
    log:
        "logs/difference_errors/{sample}.log",
    benchmark:
        "results/benchmarks/difference_errors/{sample}.tsv"
    wildcard_constraints:
        sample=one_of(CORRECTED),
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        sample=lambda wildcards: sample_of(wildcards).key,
        better=lambda wildcards: maps_of(wildcards)["difference"]["sample"],
        sizes=lambda wildcards: maps_of(wildcards)["difference"]["sizes"],
        own_axes=own_axes,
        code=code("difference_errors.py"),
    script:
        "../scripts/difference_errors.py"
