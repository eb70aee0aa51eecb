"""What the study, a paper and one's own molecules end with, as lists of files."""

from itertools import chain


def pools_of(molecules, random_splits):
    """Samples that maps of molecules are trained on, tested by random splits or by a sample."""
    return [
        f"{name}/{pool}"
        for name in molecules
        for pool in config["molecules"][name]["maps"]["pools"]
        if bool(config["molecules"][name]["maps"]["splits"]) == random_splits
    ]


def error_tables(pools):
    """Tables of the errors of maps of pools."""
    return [f"results/maps/{pool}/errors.parquet" for pool in pools]


# Molecules of the papers that this study has, with a test set by random splits and by dynamics.
PAPER_MOLECULES = [name for name in config["molecules"] if name not in OWN]
TABLE1_POOLS, TABLE2_POOLS = (pools_of(PAPER_MOLECULES, splits) for splits in (True, False))
TABLE1_ERRORS, TABLE2_ERRORS = map(error_tables, (TABLE1_POOLS, TABLE2_POOLS))
# The same on further test samples.
TABLE2_ELSEWHERE = [f"results/maps/{pool}/errors_elsewhere.parquet" for pool in TABLE2_POOLS]
# Pools of which ML-KS is trained without choices of the study.
ABLATION_POOLS = [
    name
    for name in [*TABLE1_POOLS, *TABLE2_POOLS]
    if molecule_of(name) in config["maps"]["ablation"]["molecules"]
]
ABLATIONS = [f"results/maps/{pool}/ablation.parquet" for pool in ABLATION_POOLS]
ABLATION_ERRORS = error_tables(ABLATION_POOLS)
WATER = next((name for name in TABLE1_POOLS if molecule_of(name) == "H2O"), None)
if WATER is None:
    raise WorkflowError(
        f"The config key molecules.H2O.maps.test is {config['molecules']['H2O']['maps']['test']}; it"
        " must be a number of geometries, since Figure 1 and Table 1 of paper B are of random splits."
    )
# Of paper B's source: one electron in a box; minima, surface and density of maps of H2 and H2O.
BOX_ERRORS = "results/maps/box/errors.parquet"
MINIMA, DENSITY_NOISE = (
    [f"results/maps/{pool}/{table}.parquet" for pool in TABLE1_POOLS]
    for table in ("minima", "density_noise")
)
SURFACE = f"results/maps/{WATER}/surface.parquet"
# The map of benzene whose density is shown on its plane, beside densities of PySCF's orbitals.
PLANE_POOLS = [
    name
    for name in TABLE2_POOLS
    if name == f"benzene/{TRAJECTORIES['pool']}"
    and SAMPLES.by_name[name].has_densities
    and config["engines"][config["molecules"]["benzene"]["engine"]]["program"] == "pyscf"
]
PLANES = [f"results/maps/{pool}/density_plane.parquet" for pool in PLANE_POOLS]
# Samples of ethane by name, whose conformers paper B's source speaks of.
CONFORMERS = dict.fromkeys(
    name
    for pool in TABLE2_POOLS
    if molecule_of(pool) == "ethane"
    for name in (SAMPLES.by_name[pool].key, SAMPLES.owners["ethane"]["test"])
)
# CCSD(T) of two electrons is full configuration interaction.
FULL_CI = [
    f"results/molecules/{name}/coupled_cluster.parquet"
    for name in TABLE1_POOLS
    if molecule_of(name) == "H2"
]
# Of samples that consist of others, the others.
PAPER_SAMPLES = [
    name
    for name, sample in SAMPLES.by_name.items()
    if sample.molecule in PAPER_MOLECULES and not sample.parts
]
# Pools of the papers' molecules that bring forces.
FORCE_POOLS = [
    name
    for name in TABLE2_POOLS
    if SAMPLES.by_name[name].has_forces(0) and SAMPLES.by_name[name].is_calculated
]
# Pools of which maps with and without the symmetry of their molecule are compared.
SYMMETRIC_POOLS = [
    f"{name}/{entry['maps']['symmetric']}"
    for name, entry in config["molecules"].items()
    if entry["maps"]["symmetric"] is not None
]


def symmetric_tables(molecules):
    """Tables of the errors of these maps of molecules."""
    return [
        f"results/maps/{pool}/symmetric_errors.parquet"
        for pool in SYMMETRIC_POOLS
        if molecule_of(pool) in molecules
    ]


SYMMETRIC_ERRORS = symmetric_tables(PAPER_MOLECULES)
ENGINE_ACCURACY = expand(
    "results/molecules/{molecule}/engine_accuracy.parquet", molecule=config["accuracy"]["molecules"]
)
# Where the config has none but those of the published study, these.
MAPPED = OWN or [*config["molecules"]]


def methods_of(pool):
    """The maps of a pool: ML-KS alone where it has no densities, from forces where these are known."""
    sample = SAMPLES.by_name[pool]
    methods = ["hohenberg_kohn", "kohn_sham"] if sample.has_densities else ["kohn_sham"]
    if "forces" in sample.known or all(map(sample.has_forces, range(sample.chunks))):
        methods += [f"{method}_forces" for method in methods]
    return methods


LEARNT_IN_ROUNDS = ["kohn_sham_forces", "hohenberg_kohn_forces"]


def stability_runs(molecules):
    """The dynamics of maps that test how long it lasts: all but that to learn from."""
    return [
        runs
        for runs in SAMPLES.rounds.runs.values()
        if molecule_of(runs.pool) in molecules and runs.name != LEARNING
    ]


def dynamics_names(molecules):
    """Sample, map and name of the dynamics that tests maps of molecules."""
    return [list(runs.key) for runs in stability_runs(molecules)]


def dynamics_ends(molecules):
    """When the runs of that dynamics ended."""
    return [f"{runs.folder}/ends.parquet" for runs in stability_runs(molecules)]


def tested_names(molecules):
    """Sample and folder of the maps of molecules that are tested on geometries of dynamics."""
    names = {}
    for molecule in molecules:
        if SAMPLES.owners[molecule]["stability"] is not None:
            tested = [runs for runs in stability_runs([molecule]) if runs.name == STABILITY]
            names |= {(runs.pool, runs.method): None for runs in tested}
            names[SAMPLES.rounds.last_pool(molecule), "hohenberg_kohn_forces"] = None
    return [list(each) for each in names]


def tests_of(molecules):
    """The tests of these maps."""
    return [
        f"results/maps/{pool}/{method}/tests.parquet" for pool, method in tested_names(molecules)
    ]


TESTS = tests_of(PAPER_MOLECULES)


def last_dynamics(molecules, name, key=None):
    """A file of the dynamics of the last map of molecules, of those whose test has a key."""
    rounds = SAMPLES.rounds
    return [
        f"results/maps/{rounds.last_pool(owner)}/{rounds.method(owner)}/{STABILITY}/{name}"
        for owner in rounds.of
        if owner in molecules
        and (stability := SAMPLES.owners[owner]["stability"]) is not None
        and (key is None or stability[key] is not None)
    ]


def dynamics_inputs(molecules):
    """What a figure of dynamics by the maps of molecules shows."""
    return {"ends": dynamics_ends(molecules), "tests": tests_of(molecules)}


def shown_dynamics(molecules):
    """Which dynamics and which tests these are."""
    return {"runs": dynamics_names(molecules), "maps": tested_names(molecules)}


def calibration_inputs(molecules):
    """What a figure of the uncertainties of the maps of one molecule shows."""
    (molecule,) = molecules
    return {
        "tests": tests_of(molecules),
        "calibration": f"results/maps/{molecule}/calibration.parquet",
    }


def observable_inputs(molecules):
    """What a figure of the observables of dynamics by the maps of molecules shows."""
    return {
        "profiles": [
            *last_dynamics(molecules, "barrier_profiles.parquet", "transfer"),
            *last_dynamics(molecules, "profiles.parquet"),
        ],
        "observables": [
            *last_dynamics(molecules, "barrier.parquet", "transfer"),
            *last_dynamics(molecules, "observables.parquet"),
        ],
        "spectra": last_dynamics(molecules, "spectra.parquet", "spectrum"),
    }


OBSERVABLES = observable_inputs(PAPER_MOLECULES)["observables"]


def published_barriers(molecules):
    """Molecule -> published free-energy barrier of its proton transfer, where there is one."""
    tests = {name: SAMPLES.owners[name]["stability"] for name in molecules}
    return {
        name: stability["published_barrier"]
        for name, stability in tests.items()
        if stability is not None and stability["published_barrier"] is not None
    }


def last_maps(molecules):
    """Molecule and sample of the last map of molecules."""
    return [
        SAMPLES.rounds.last_pool(owner).split("/")
        for owner in SAMPLES.rounds.of
        if owner in molecules
    ]


def own_results(molecules):
    """What the maps of molecules end with."""
    files = expand(
        "results/maps/{molecule}/{name}",
        molecule=molecules,
        name=["errors.md", "errors.parquet", "learning_curve.png", "learning_curve.pdf"],
    )
    for molecule in molecules:
        maps = config["molecules"][molecule]["maps"]
        tests = [*([] if maps["splits"] else [maps["test"]]), *further_tests(maps)]
        for pool in maps["pools"]:
            for method in methods_of(f"{molecule}/{pool}"):
                folder = f"results/maps/{molecule}/{pool}/{method}"
                files.append(f"{folder}/map.safetensors")
                files += [f"{folder}/samples/{key}.xyz" for key in [*maps["pools"], *tests]]
        files += differences(f"{molecule}/{pool}" for pool in maps["pools"])
        files += symmetric_tables([molecule])
        if molecule in SAMPLES.rounds.of:
            last = f"results/maps/{SAMPLES.rounds.last_pool(molecule)}"
            files += [f"{last}/{method}/map.safetensors" for method in LEARNT_IN_ROUNDS]
            if maps["stability"] is not None:
                files.append(f"results/maps/{molecule}/dynamics.md")
                files += expand(
                    f"results/maps/{molecule}/{{figure}}.{{format}}",
                    figure=["dynamics", "observables", "uncertainty"],
                    format=["png", "pdf"],
                )
    return files


def study_results():
    """What is computed, drawn and claimed: all but what is said of the run itself."""
    figures = [name for name in FIGURES if name != "study_cost"]
    series = [path for paths, _ in FIGURE_SERIES.values() for path in paths]
    return [
        "results/claims.md",
        *(f"results/tables/{name}.md" for name in TABLES if name != "cost"),
        *differences([*TABLE1_POOLS, *TABLE2_POOLS]),
        *expand("results/figures/{figure}.{format}", figure=figures, format=["png", "pdf"]),
        *series,
        *(path.replace(".png", ".pdf") for path in series),
        *expand(
            "results/conditioning/{data_set}.parquet", data_set=config["conditioning"]["data_sets"]
        ),
        *own_results(OWN),
    ]


def study_targets():
    """What the study ends with."""
    return [
        *study_results(),
        "results/tables/cost.md",
        *expand("results/figures/study_cost.{format}", format=["png", "pdf"]),
        "results/report.html",
    ]


def report_inputs(chapters):
    """Files that a report shows, by item, and the tables behind them, by item_data."""
    inputs = {}
    for name in chain(*chapters.values()):
        if name in TABLES:
            inputs[name], data = f"results/tables/{name}.md", TABLES[name][0]
        elif name in FIGURE_SERIES:
            inputs[name], data = FIGURE_SERIES[name]
        else:
            inputs[name], data = f"results/figures/{name}.png", list(FIGURES[name].values())
        inputs[f"{name}_data"] = data
    return inputs


def report_captions(chapters):
    """The captions of a report by item; as they stand among params, an edit is seen."""
    items = chain(*chapters.values())
    names = {name: TABLES[name][1] if name in TABLES else name for name in items}
    folder = REPOSITORY / "workflow/report"
    return {
        name: (folder / f"{caption}.rst").read_text(encoding="utf-8")
        for name, caption in names.items()
    }


def paper_results(paper):
    """The figures and tables of a paper."""
    shown = report_inputs({"": REPORT[PAPERS[paper]["chapter"]]})
    files = []
    for name, paths in shown.items():
        if not name.endswith("_data"):
            files += [paths] if isinstance(paths, str) else paths
    return [*files, *(path.removesuffix("png") + "pdf" for path in files if path.endswith("png"))]


def paper_claim_inputs(paper):
    """What the claims of a paper are decided with, of the inputs of all claims."""
    of_a, inputs = PAPERS["a"]["claim_inputs"], dict(rules.claims.input.items())
    return {
        name: files
        for name, files in inputs.items()
        if name == "published"
        or (name not in FOLLOW_UP_INPUTS and (name in of_a) == (paper == "a"))
    }


def study_jobs(wildcards, input):
    """Step, rule, wildcards and benchmark file of every job behind files, theirs included.

    A benchmark file is no output: those of jobs that the study no longer has stay behind, and one
    that is missing is no reason to calculate again. So the jobs are found as Snakemake finds them,
    from the results backwards, and not from the files that lie there.
    """
    jobs, pending = {}, set(input)
    while pending:
        path = pending.pop()
        for made_by in filter(lambda each: each.benchmark, workflow.rules):
            if not made_by.is_producer(path):
                continue
            values = made_by.get_wildcards(path)
            job = " ".join(f"{key}={value}" for key, value in sorted(values.items()))
            if (made_by.name, job) not in jobs:
                jobs[made_by.name, job] = str(made_by.expand_benchmark(values))
                pending.update(map(str, made_by.expand_input(values)[0]))
    return [
        [Path(path.partition("benchmarks/")[2]).with_suffix("").parts[0], name, job, path]
        for (name, job), path in sorted(jobs.items())
    ]


def study_files(wildcards, input):
    """Every file that jobs behind `input` make, and every file that they read and none makes."""
    made, read, pending = set(), set(), set(input)
    while pending:
        path = pending.pop()
        makers = [rule for rule in workflow.rules if rule.benchmark and rule.is_producer(path)]
        (made if makers else read).add(path)
        for made_by in makers:
            values = made_by.get_wildcards(path)
            files = {*map(str, made_by.expand_output(values)[0])}
            files.update(map(str, made_by.expand_input(values)[0]))
            pending |= files - made - read
    return {"results": sorted(made), "inputs": {place_of(path): path for path in sorted(read)}}


def place_of(path):
    """Where the archive has a file that was read: as in the repository, or by its name."""
    found = Path(path).resolve()
    if found.is_relative_to(REPOSITORY):
        return found.relative_to(REPOSITORY).as_posix()
    return f"inputs/{found.name}"
