"""What rules look up by their wildcards: samples, files, settings; no rules."""

from hkmaps.molecules.results import CHOSEN, TIGHT


def corners(parameters):
    """Parameters of a data set whose ranges have their ends alone."""
    return {
        name: {**value, "points": min(2, value["points"])} if isinstance(value, dict) else value
        for name, value in parameters.items()
    }


def winners_of(functionals):
    """The grid searches of functionals where their winners are what is trained."""
    if config["networks"]["repeats"]["hyperparameters"] != "winner":
        return []
    return expand("results/networks/{{data_set}}/{name}/grid_search.parquet", name=functionals)


def repeats_settings(wildcards):
    """How the networks of a data set are trained."""
    settings = {
        key: value
        for key, value in config["networks"]["repeats"].items()
        if key not in ("data_sets", "counts")
    }
    counts = config["networks"]["repeats"]["counts"]
    return settings | {"count": counts.get(wildcards.data_set, settings["count"])}


# What all searches of hyperparameters share.
SEARCH = ("steps", "validation_fraction")


def network_settings(part, *keys):
    """Values of a part of config["networks"] by key."""
    return {key: config["networks"][part][key] for key in keys}


def training_settings(*keys):
    """How repeats of other networks than those of Table 1 are trained."""
    repeats = config["networks"]["repeats"]
    return {"steps": repeats["steps"], "repeats": repeats["count"]} | {
        key: repeats[key] for key in keys
    }


def random_choices():
    """Values that a random search draws from, by hyperparameter."""
    grid, drawn = config["networks"]["grid_search"], config["networks"]["random_search"]
    keys = ("hidden_layers", "convolutional_layers", "filters", "neurons")
    return {
        "learning_rate": grid["learning_rates"],
        "batch_size": grid["batch_sizes"],
        **{key: drawn[key] for key in keys},
        "kernel_size": drawn["kernel_sizes"],
    }


def names(samples):
    """The pattern of the names of samples."""
    return one_of(sample.name for sample in samples)


def runs(method):
    """The pattern of the names of dynamics by a method."""
    return one_of(
        {run.name for of in SAMPLES.runs.values() for run in of.values() if run.method == method}
    )


def trajectories(wildcards):
    """The trajectories of all tautomers in the runs of a sample."""
    sample = sample_of(wildcards)
    return expand(
        "results/molecules/{molecule}/trajectories/{run}_{tautomer}.parquet",
        molecule=sample.owner,
        run=[run.name for run in sample.runs],
        tautomer=range(1 + len(entry_of(wildcards)["tautomers"])),
    )


def chunk_size(wildcards):
    """Number of geometries of a chunk."""
    return sample_of(wildcards).chunk_size(int(wildcards.chunk))


def files_made(sample):
    """What is made from the files of a sample, by name."""
    if sample.has_densities:
        kinds = ["geometries", "reference"] if "energies" in sample.known else ["geometries"]
        return {kind: sample.chunk_files(kind) for kind in kinds}
    return {
        kind: [f"results/molecules/{sample.name}/{kind}.parquet"]
        for kind in ("geometries", "energies")
    }


def geometry_files(name):
    """Tables of a sample's geometries alone, which calculations of them do not change."""
    sample = SAMPLES.by_name[name]
    if sample.has_densities:
        return sample.chunk_files("geometries")
    return [f"results/molecules/{name}/geometries.parquet"]


def file_paths(files):
    """The files of a sample, patterns expanded."""
    # Imported for those who have files: it takes longer than the rest of this file.
    from hkmaps.molecules.reference_files import ReferenceFiles

    return [str(path) for path in ReferenceFiles.from_settings(known(files)).paths]


def known(settings):
    """Settings without those that are null."""
    return {key: value for key, value in settings.items() if value is not None}


def source(wildcards):
    """What geometries of a sample are drawn from."""
    keys = ("coordinates", "displacement", "normal_modes")
    settings = sample_of(wildcards).settings
    return {key: settings[key] for key in keys if settings.get(key) is not None}


def by_engine(wildcards):
    """Whether vibrations of a sample are those of the molecule's engine."""
    return sample_of(wildcards).settings.get("level") == "engine"


def compared_engine():
    """The engine whose settings are compared."""
    return config["engines"][config["accuracy"]["engine"]]


def compared_settings():
    """Settings of that engine by name: those of the study, tight ones, others."""
    chosen = {key: value for key, value in compared_engine().items() if key != "program"}
    accuracy = config["accuracy"]
    changes = {TIGHT: accuracy["tight"], **accuracy["others"], CHOSEN: {}}
    return {name: chosen | settings for name, settings in changes.items()}


def maps_of(wildcards):
    """How the maps of a pool are trained and tested."""
    return SAMPLES.owners[sample_of(wildcards).owner]


def test_sample(wildcards):
    """The sample that maps of a pool are tested on; none where splits of the pool are random."""
    maps = maps_of(wildcards)
    if maps.get("splits"):
        return None
    return SAMPLES.by_name[f"{sample_of(wildcards).owner}/{maps['test']}"]


def further_tests(maps):
    """Samples that maps are tested on beside the main one; draws have none."""
    return maps.get("also_tests", [])


def own_axes(wildcards):
    """Whether geometries lie as a user's files have them, since densities cannot be turned."""
    return "densities" in sample_of(wildcards).known


def error_inputs(wildcards):
    """What maps of a pool are trained on and tested on."""
    inputs, test, pool = dict(TRAINED_ON), test_sample(wildcards), sample_of(wildcards)
    if test is not None:
        folder = f"results/molecules/{test.name}"
        inputs["test_geometries"] = f"{folder}/geometries.parquet"
        inputs["test_energies"] = f"{folder}/energies.parquet"
    if pool.has_densities:
        inputs |= OF_DENSITIES
        if test is not None and test.has_densities:
            inputs["test_coordinates"] = "results/maps/{sample}/test_coordinates.parquet"
    return {name: path.format(sample=pool.name) for name, path in inputs.items()}


def further_inputs(wildcards):
    """What maps of a pool are tested on beside that, each a list with a file per sample."""
    pool, tests = sample_of(wildcards), further_tests(maps_of(wildcards))
    inputs = {
        f"also_{table}": [
            f"results/molecules/{pool.owner}/{test}/{table}.parquet" for test in tests
        ]
        for table in ("geometries", "energies")
    }
    if pool.has_densities:
        folder = f"results/maps/{pool.name}/further"
        inputs["also_coordinates"] = [f"{folder}/{test}_coordinates.parquet" for test in tests]
    return inputs if tests else {}


def energy_inputs(wildcards):
    """What maps of a pool learn of energies alone, and what these are tested on."""
    inputs = error_inputs(wildcards)
    return {
        name: path
        for name, path in inputs.items()
        if name not in OF_DENSITIES and name != "test_coordinates"
    }


def ablation_inputs(wildcards):
    """What the errors of ML-KS are known by, and the dynamics behind pool and test sample."""
    inputs, test, pool = energy_inputs(wildcards), test_sample(wildcards), sample_of(wildcards)
    if test is not None and pool.runs and test.runs:
        inputs["trajectories"] = trajectories(wildcards)
        inputs["test_trajectories"] = trajectories(as_wildcards(sample=test.name))
    return inputs


def map_inputs(wildcards):
    """What a map is trained on."""
    densities = wildcards.method.startswith("hohenberg_kohn")
    inputs = TRAINED_ON | (OF_DENSITIES if densities else {})
    return {name: path.format(sample=wildcards.sample) for name, path in inputs.items()}


def map_files(wildcards):
    """What belongs to a map beside its file: the subspace of its densities."""
    if wildcards.method.startswith("hohenberg_kohn"):
        return [OF_DENSITIES["subspace"].format(sample=wildcards.sample)]
    return []


def map_runs(wildcards):
    """Dynamics by a map."""
    return SAMPLES.rounds.runs[wildcards.sample, wildcards.method, wildcards.dynamics]


def of_charge_sets(name):
    """The table `name` of every data set of the follow-up."""
    return expand(f"results/follow_up/{{charge_set}}/{name}.parquet", charge_set=CHARGE_SETS)


def learning_runs(wildcards):
    """The dynamics that added geometries are of: by the map of the round before."""
    sample = sample_of(wildcards)
    pool = SAMPLES.rounds.pool(sample.owner, sample.settings["added"] - 1)
    return SAMPLES.rounds.runs[pool, SAMPLES.rounds.method(sample.owner), LEARNING]


def learning_map(wildcards):
    """The map that moved the molecule there, and the subspace of its densities."""
    runs = learning_runs(wildcards)
    known = {"sample": runs.pool, "method": runs.method}
    return {"map": MAP_FILE.format(**known), "files": map_files(as_wildcards(**known))}


def driving_runs(wildcards):
    """The dynamics that a sample of driven geometries is of."""
    settings = sample_of(wildcards).settings
    return settings.get("driven") or settings["transfer"]


def stability_of(wildcards):
    """How dynamics by the maps of a molecule is tested."""
    return SAMPLES.owners[sample_of(wildcards).owner]["stability"]


def transfer_folder(wildcards):
    """Where the geometries lie that tell of a barrier."""
    owner = sample_of(wildcards).owner
    return f"results/molecules/{owner}/{SAMPLES.rounds.of[owner]['pool']}-transfer"


def compared_trajectories(wildcards):
    """Trajectories by the engine that dynamics by a map is compared with, and one from its start."""
    folder = MAP_DYNAMICS.format(**dict(wildcards.items()))
    if stability_of(wildcards)["spectrum"] is not None:
        return {
            "ab_initio": f"{folder}/ab_initio.parquet",
            "same_start": f"{folder}/same_start.parquet",
        }
    if sample_of(wildcards).owner == AB_INITIO:
        return {"ab_initio": f"{AB_INITIO_FOLDER}/ab_initio.parquet"}
    return {}


def tested_sets(wildcards):
    """Geometries and energies of what a map is tested on, by the name of the set."""
    owner, sets = sample_of(wildcards).owner, {}
    test = SAMPLES.owners[owner]["test"]
    if isinstance(test, str):
        sets["test_sample"] = f"{owner}/{test}"
    if owner in SAMPLES.rounds.of and SAMPLES.owners[owner]["stability"] is not None:
        sets["driven"] = f"{owner}/{SAMPLES.rounds.of[owner]['pool']}-driven"
    inputs = {
        f"{name}_{table}": f"results/molecules/{sample}/{table}.parquet"
        for name, sample in sets.items()
        for table in ("geometries", "energies")
    }
    if owner == AB_INITIO:
        inputs["ab_initio"] = f"{AB_INITIO_FOLDER}/ab_initio.parquet"
    return inputs


def differences(pools):
    """The errors of what a better method adds to the maps of pools, and the learned difference."""
    return expand(
        f"{DIFFERENCE}/{{file}}",
        sample=[name for name in pools if name in CORRECTED],
        file=["errors.parquet", "map.safetensors"],
    )


def other_geometries(wildcards):
    """The table of the sample whose first geometries are taken that holds those of a chunk."""
    sample = sample_of(wildcards)
    other = SAMPLES.by_name[f"{sample.owner}/{sample.settings['of']}"]
    if other.has_densities and other.size is not None:
        return other.chunk_files("geometries")[int(wildcards.chunk)]
    return f"results/molecules/{other.name}/geometries.parquet"


def difference_inputs(wildcards):
    """The pool, and the geometries whose energies are known by the better method and by its own."""
    pool = sample_of(wildcards)
    samples = dict(zip(("", "better_", "base_"), (pool, *SAMPLES.difference(pool))))
    return {
        f"{prefix}{table}": f"results/molecules/{sample.name}/{table}.parquet"
        for prefix, sample in samples.items()
        for table in ("geometries", "energies")
    }


def trajectory_pool(molecule):
    """The sample whose maps follow trajectories of a molecule."""
    return f"{molecule}/{TRAJECTORIES['pool']}"


def tested_on(name):
    """Geometries and energies of the test set of a pool's maps, and its first trajectory."""

    def inputs(wildcards):
        test = test_sample(wildcards)
        folder = f"results/molecules/{test.owner}/trajectories"
        return {
            "trajectory": f"{folder}/{test.runs[0].name}_0.parquet",
            "geometries": f"results/molecules/{test.name}/geometries.parquet",
            "energies": f"results/molecules/{test.name}/energies.parquet",
        }[name]

    return inputs


def trained_on(molecule):
    """Pool and number of training points of the map that trajectories are compared with."""
    return TRAJECTORIES["pool"], max(SAMPLES.owners[molecule]["sizes"])


def ab_initio_tests():
    """Molecule of the papers -> the sample of its ab-initio dynamics that its maps are tested on."""
    found = {}
    for molecule in dict.fromkeys(map(molecule_of, TABLE2_POOLS)):
        maps = SAMPLES.owners[molecule]
        for name in [maps["test"], *further_tests(maps)]:
            if SAMPLES.by_name[f"{molecule}/{name}"].source == "trajectory":
                found.setdefault(molecule, name)
    return found


def dynamics_settings():
    """What the claims say of the molecules sampled by dynamics that no table holds."""
    molecules = list(dict.fromkeys(map(molecule_of, TABLE2_POOLS)))
    tested = {
        molecule: SAMPLES.by_name[f"{molecule}/{SAMPLES.owners[molecule]['test']}"]
        for molecule in molecules
    }
    runs = {name: SAMPLES.by_name[name].runs for name in TABLE2_POOLS}
    return {
        "tests": {
            molecule: (sample.size, sample.runs[0].protocol["temperature"] if sample.runs else None)
            for molecule, sample in tested.items()
        },
        "pool_snapshots": {
            name: round(of_pool[0].protocol["length"] / of_pool[0].protocol["interval"])
            for name, of_pool in runs.items()
            if of_pool
        },
        "driven_temperature": TRAJECTORIES["driven"]["temperature"],
        "trajectory_maps": {name: trained_on(name) for name in molecules},
        "ab_initio_tests": {
            molecule: (name, SAMPLES.by_name[f"{molecule}/{name}"].size)
            for molecule, name in ab_initio_tests().items()
        },
    }
