# Two commands on a bare machine with Python 3.11 or newer: make study, make test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CORES ?= all

.PHONY: help study test quick config reruns slurm docs deposit record lint format benchmarks costs clean

help:
	@echo "make study       install into $(VENV) and run the whole study (CORES=$(CORES));"
	@echo "                 PAPER=a or PAPER=b: one paper alone"
	@echo "make test        install with the test tools and run lint and all tests"
	@echo "make quick       ruff and the unit tests: what to run after every change"
	@echo "make config      the schema and the table of config/README.md from hkmaps.study"
	@echo "make reruns      edit every key of the config: what runs again, and docs/reruns.md"
	@echo "make slurm       the tests on a SLURM of one node, with a job of every rule"
	@echo "make docs        the documentation site, build/docs/index.html"
	@echo "make deposit     a finished study as one archive; CONFIG=config/laptop.yaml after make study"
	@echo "make record      docs/published from a finished study at published size;"
	@echo "                 OTHER=FOLDER for the results of config/other_seed.yaml beside it"
	@echo "make lint        ruff, snakefmt and snakemake --lint; make format formats"
	@echo "make benchmarks  measure side by side against peers"
	@echo "make costs       keep what the jobs of make study took, for its estimates"
	@echo "make clean       remove the environment, logs and Snakemake's records; results stay"

study: $(VENV)/.study
	$(BIN)/python -m hkmaps.run $(PAPER:%=--paper %) --cores $(CORES) --configfile config/laptop.yaml

test: lint
	$(BIN)/python -m pytest

quick: $(VENV)/.test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/python -m pytest tests/unit

config: $(VENV)/.study
	$(BIN)/python -m hkmaps.study

reruns: $(VENV)/.test
	$(BIN)/python -m pytest --every-edit tests/workflow/test_reruns.py

slurm: $(VENV)/.test
	$(BIN)/python -m pytest --every-rule tests/slurm

docs: $(VENV)/.test
	$(BIN)/python -m sphinx --fail-on-warning --keep-going --conf-dir docs . build/docs

deposit: $(VENV)/.test
	$(BIN)/snakemake --cores $(CORES) $(CONFIG:%=--configfile %) -- deposit

record: $(VENV)/.study
	$(BIN)/snakemake --cores $(CORES) $(CONFIG:%=--configfile %) -- record
	rm -rf docs/published
	cp -r results/record docs/published
	rm docs/published/.snakemake_timestamp
ifdef OTHER
	$(BIN)/python -m hkmaps.reporting.other_seed results $(OTHER) "another seed" > docs/published/other_seed.md
	printf '\n## Another seed\n\n[What another seed changes](other_seed.md).\n' >> docs/published/README.md
endif

lint: $(VENV)/.test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/snakemake --lint

format: $(VENV)/.test
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/snakefmt Snakefile workflow

benchmarks: $(VENV)/.test
	$(BIN)/python benchmarks/two_electrons.py
	$(BIN)/python benchmarks/networks.py
	$(BIN)/python benchmarks/kernels.py
	$(BIN)/python benchmarks/kernels.py --full-size
	$(BIN)/python benchmarks/reference_engine.py
	$(BIN)/python benchmarks/calculator.py --full-size
	$(BIN)/python benchmarks/nested_choice.py
	$(BIN)/python benchmarks/own_molecules.py
	$(BIN)/python benchmarks/workflow.py

# On the quiet machine that has run the study, with as many CORES.
costs: $(VENV)/.study
	$(BIN)/snakemake --cores $(CORES) --configfile config/laptop.yaml -- results/costs.csv
	cp results/costs.csv config/costs.csv

clean:
	rm -rf $(VENV) .snakemake logs

# The lock file holds every version; what is installed is what pyproject.toml asks for.
$(VENV)/.study: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"hkmaps needs Python 3.11 or newer; $(PYTHON) is {sys.version.split()[0]}. Name another: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint requirements.lock --editable .
	touch $@

# iDEA, the code of paper A, checks energies in some tests, which are skipped where it cannot be had.
# It asks for JupyterLab, which nothing here uses and which makes every start of Snakemake slower.
$(VENV)/.test: $(VENV)/.study
	$(BIN)/python -m pip install --quiet --constraint requirements.lock --editable '.[dev,docs,slurm]'
	$(BIN)/python -m pip install --quiet --constraint requirements.lock --no-deps iDEA-latest || echo 'iDEA could not be installed; its tests are skipped'
	touch $@
