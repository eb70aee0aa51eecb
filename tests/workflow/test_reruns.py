"""An edit runs again what depends on it, and nothing else."""

import re

import pytest
import yaml
from conftest import REPOSITORY, Study
from reruns import (
    ALL_TRAINED,
    CALCULATE,
    CLAIMS,
    EDITS,
    FIXED,
    FORCED,
    IONS,
    LAST,
    OTHER_NETWORKS,
    TRAIN,
    FinishedStudy,
    config_keys,
    document,
    rules,
)

# Rules that make geometries of a molecule.
GEOMETRIES = {"classical_trajectory", "drawn_geometries", "chosen_geometries", "first_snapshots"}
FIGURES = re.compile(
    r"arnstein_fig\d+|bogojeski_fig\d+|brockherde_(box|fig\d+)|study_(?!report|dynamics_table)\w+"
)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A study in which everything is done; tests must not change it."""
    study = FinishedStudy(Study.checkout(tmp_path_factory.mktemp("reruns") / "study").folder)
    study.finish()
    yield study
    study.close()


@pytest.fixture(scope="module")
def runs(study, request):
    """Name of an edit -> what it runs, for the edits that the chosen tests ask for."""
    chosen = {
        item.callspec.params["edit"].name
        for item in request.session.items
        if item.path == request.path
        and "edit" in getattr(getattr(item, "callspec", None), "params", {})
    }
    return study.reruns(each for each in EDITS if each.name in chosen)


@pytest.fixture
def copy(study, tmp_path):
    """A copy of the study that a test may change."""
    return study.clone(tmp_path / "copy")


def test_every_key_of_the_config_is_edited():
    edited = {each.key for each in EDITS} | FIXED
    missing = [
        key
        for key in config_keys()
        if not any(key == other or is_below(key, other) for other in edited)
    ]
    assert not missing
    assert edited <= {key for name in config_keys() for key in prefixes(name)}


def is_below(key, other):
    """Whether a key lies in a block; blocks by name are added to, which edits nothing in them."""
    return key.startswith(f"{other}.") and not key.startswith(f"{other}.<name>")


def prefixes(key):
    parts = key.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts) + 1)]


def test_there_is_nothing_left_to_do_here_or_where_the_study_is_moved(study, copy):
    assert study.jobs_to_run() == set()
    assert copy.jobs_to_run() == set()


def pytest_generate_tests(metafunc):
    """Of edits that start the same rules the first, unless every edit is asked for."""
    if "edit" in metafunc.fixturenames:
        kinds = {(each.starts, each.only): each for each in reversed(EDITS)}
        every = metafunc.config.getoption("every_edit")
        edits = EDITS if every else list(reversed(kinds.values()))
        assert len(edits) > 25
        metafunc.parametrize("edit", edits, ids=lambda each: each.name)


def test_an_edit_of_the_config_runs_what_depends_on_it_and_nothing_else(runs, edit):
    rerun = runs[edit.name].result()
    again = {job for job in rerun.again if job.rule not in LAST}
    assert rules(again) == edit.starts
    assert all(edit.only in path for job in again for path in job.outputs)
    last = {job for job in rerun.again | rerun.follows if job.rule in LAST}
    assert rerun.follows | last == rerun.depending | last


def test_the_docs_have_the_table_of_these_edits(study, request):
    if not request.config.getoption("every_edit"):
        pytest.skip("The table of docs/reruns.md is made of every edit: make reruns.")
    assert (REPOSITORY / "docs/reruns.md").read_text() == document(study)


def test_the_docs_name_rules_that_there_are(study):
    assert set().union(*FORCED.values()) <= rules(study.jobs)


def test_a_data_set_that_goes_again_leaves_its_networks_and_takes_the_others_as_they_are(copy):
    trained = [*ALL_TRAINED, "ions"]
    added = {
        "model_systems": {"data_sets": {"ions": IONS}},
        "networks": {"repeats": {"data_sets": trained}},
    }
    copy.finish(added)
    assert copy.jobs_to_run(added) == set()
    undone = copy.rerun()
    assert rules(undone.again) - set(LAST) == {"table1", "output_ranges"}
    assert not undone.new
    assert (copy.folder / "results/networks/ions/E-n/ensemble.safetensors").exists()


def functionals_of(jobs):
    """Rule -> the functionals that its jobs write files of."""
    found = {}
    for job in jobs:
        for path in job.outputs:
            if match := re.search(r"(?<=[/_])(?:E|A|T|Eg)-[nV](?=[/.])", path):
                found.setdefault(job.rule, set()).add(match[0])
    return found


def by_rule(functionals):
    """Those of each rule that has files of functionals."""
    found = {"arnstein_fig08": functionals}
    for variable in "nV":
        of_variable = {name for name in functionals if name.endswith(variable)}
        found |= {f"{rule}_{variable}": of_variable for rule in ("grid_search", "repeats")}
    return found


def test_a_functional_that_is_left_out_is_in_no_job(study):
    names = {f"{quantity}-{variable}" for quantity in ("E", "A", "T", "Eg") for variable in "nV"}
    assert functionals_of(study.jobs) == by_rule(names)
    kept = ["T-n", "E-V"]
    jobs = study.all_jobs({"networks": {"functionals": kept}})
    assert functionals_of(jobs) == by_rule(set(kept))
    assert rules(jobs) == rules(study.jobs)
    assert not [path for job in jobs for path in job.inputs if "/A-V/" in path]


def test_the_order_of_functionals_changes_nothing(study):
    order = ["T-n", "Eg-n", "E-n", "A-n", "Eg-V", "T-V", "A-V", "E-V"]
    assert rules(study.jobs_to_run({"networks": {"functionals": order}})) <= set(LAST)


def test_of_an_edit_that_ran_and_is_undone_the_last_settings_alone_are_known(copy):
    copy.finish({"networks": {"repeats": {"count": 3}}})
    assert rules(copy.rerun().again) - set(LAST) == {*OTHER_NETWORKS}


def test_a_molecule_that_is_added_computes_nothing_of_the_others(copy):
    texts = {}
    for name in ("config", "smoke"):
        path = copy.folder / f"config/{name}.yaml"
        texts[path] = path.read_text()
        settings = yaml.safe_load(texts[path])
        del settings["molecules"]["benzene"]
        if name == "config":
            settings["accuracy"]["molecules"].remove("benzene")
            del settings["accuracy"]["cost_goals"]["benzene"]
            settings["trajectories"]["classical"].remove("benzene")
        path.write_text(yaml.safe_dump(settings, sort_keys=False))
    for path in [*(copy.folder / "results").rglob("*benzene*")]:
        if path.is_dir():
            path.rename(path.with_name("gone"))
    copy.finish()
    for path, text in texts.items():
        path.write_text(text)
    added = copy.rerun()
    assert {"classical_trajectory", "reference_chunk", "map_errors"} <= rules(added.new)
    assert all("benzene" in path for job in added.new for path in job.outputs)
    assert rules(added.again) <= {*LAST, "study_engine_accuracy"}
    gather = {"bogojeski_table2", "bogojeski_fig02", "study_conformer_curves"}
    gather |= {"engine_accuracy_table", "reference_calculations", "brockherde_fig04"}
    gather |= {"symmetric_kernel", "study_symmetric_kernel"}
    assert rules(added.follows) == {*gather, "study_engine_accuracy", *CLAIMS, *LAST}


def grown(size):
    """Ethane learns from up to `size` geometries of trajectories that are long enough."""
    return {
        "dynamics": {"length": 20},
        "molecules": {"ethane": {"maps": {"sizes": [6, size]}}},
    }


def test_a_sample_that_grows_calculates_its_new_chunks_alone(copy):
    copy.finish(grown(50))
    rerun = copy.rerun(grown(120))
    chunks = {
        f"results/molecules/ethane/{pool}/chunks/{kind}_{chunk}.parquet"
        for pool in ("300K", "300+350K")
        for kind in ("geometries", "reference")
        for chunk in (1, 2)
    }
    assert set().union(*(job.outputs for job in rerun.new)) == chunks
    moved_or_calculated = {"classical_trajectory", "chosen_geometries", *CALCULATE}
    assert not moved_or_calculated & rules(rerun.again | rerun.follows)
    assert {"sample", "map_errors", "density_subspace"} <= rules(rerun.follows)


def test_an_edit_of_one_molecule_computes_nothing_of_another(study):
    entry = {"bond_limits": [0.6, 1.6], "engine": "tzv2p", "maps": {"sizes": [6, 8, 12]}}
    rerun = study.rerun({"molecules": {"benzene": entry}})
    computed = {
        path
        for job in rerun.new | rerun.again | rerun.follows
        for path in job.outputs
        if path.startswith(("results/molecules/", "results/maps/"))
    }
    assert len(computed) > 5
    assert all("/benzene/" in path for path in computed)


@pytest.mark.parametrize(
    ("path", "starts"),
    [
        ("networks/training.py", {*TRAIN}),
        (
            "reporting/figures/convergence.py",
            {"study_convergence_plane", "study_system_size"},
        ),
        ("molecules/espresso_engine.py", set()),
        ("molecules/xtb_dynamics.py", set()),
    ],
)
def test_an_edit_of_the_library_runs_the_rules_that_use_it(copy, path, starts):
    append(copy, path, "EDITED = True\n")
    assert rules(copy.rerun().again) - set(LAST) == starts


def test_another_force_field_moves_its_molecule_alone(copy):
    with (copy.folder / "config/molecules/ethane.prmtop").open("a") as file:
        file.write("\n")
    again = {job for job in copy.rerun().again if job.rule not in LAST}
    assert rules(again) == {"classical_trajectory"}
    assert all("/ethane/" in path for job in again for path in job.outputs)


def append(study, path, text):
    with (study.folder / "src/hkmaps" / path).open("a", encoding="utf-8") as file:
        file.write(text)


def test_an_engine_that_is_added_runs_nothing(copy):
    path = copy.folder / "src/hkmaps/molecules/engines.py"
    entry = '    "pyscf": ("hkmaps.molecules.pyscf_engine", "PyscfEngine"),\n'
    code = path.read_text()
    assert entry in code
    path.write_text(code.replace(entry, entry + entry.replace('"pyscf"', '"other"')))
    assert copy.jobs_to_run() == set()


@pytest.mark.parametrize(
    "path", ["kernels/hyperparameter_search.py", "exact/two_electrons.py", "maps/results.py"]
)
def test_code_that_learns_or_solves_in_one_dimension_calculates_no_reference(copy, path):
    append(copy, path, "# A remark.\n")
    assert not copy.rerun().again
    append(copy, path, "EDITED = True\n")
    again = rules(copy.rerun().again)
    assert again
    assert not again & {*CALCULATE, *GEOMETRIES, "coupled_cluster"}


def test_code_of_pyscf_calculates_again_and_moves_nothing(copy):
    append(copy, "molecules/pyscf_engine.py", "EDITED = True\n")
    rerun = copy.rerun()
    again = rules(rerun.again)
    assert {*CALCULATE} <= again
    assert not GEOMETRIES & (again | rules(rerun.follows))


def test_the_style_of_figures_draws_them_all_again_and_computes_nothing(copy):
    with (copy.folder / "src/hkmaps/reporting/hkmaps.mplstyle").open("a") as file:
        file.write("\n")
    rerun = copy.rerun()
    figures = {name for name in rules(copy.jobs) if FIGURES.fullmatch(name)}
    assert rules(rerun.again) == figures - set(LAST)
    assert rules(rerun.follows) <= {*figures, *LAST}


def test_touch_takes_results_as_those_of_the_present_code(copy):
    append(copy, "geometry/molecule.py", "EDITED = True\n")
    assert "reference_chunk" in rules(copy.jobs_to_run())
    copy.snakemake("--touch")
    assert copy.jobs_to_run() == set()
