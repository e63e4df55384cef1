# Simpul: `make run` starts everything on this machine, `make test` tests everything. Ports: SIMPUL_PORT (8400).
PYTHON := .venv/bin/python
SERVICE ?=

.PHONY: help run stop status logs code restart reset setup setup-test test lint format type lock generate

help:
	@echo "make run                      start Kafka, mongod, mail, chat and the services"
	@echo "make stop                     stop them; data is kept"
	@echo "make status                   what runs, where, with how much memory"
	@echo "make logs SERVICE=reports     follow a log"
	@echo "make code                     the one-time code of the demo's officers"
	@echo "make restart SERVICE=reports  start one process anew"
	@echo "make reset                    stop and delete the local data"
	@echo "make known-import FILE=       answers of other publishers into the archive (OFFICE=, PUBLISHER=)"
	@echo "make generate                 write what follows from the code: schemas, docs/api, permissions, manifests"
	@echo "make test                     lint, types and all tests"
	@echo "make format                   write templates, style sheets and scripts as lint wants them"
	@echo "make chaos                    faults on real processes: what is lost, doubled or stuck"
	@echo "make mutants                  sow faults into rules and machinery: which no unit test notices"
	@echo "make url-eval IN= OUT=        what is read from addresses: a CSV with raw_url; links-eval: with a,b"
	@echo "make mask-eval IN= OUT=       personal data in texts: JSONL with text -> where it is, and the text masked"
	@echo "make image-eval IN= OUT=      which pictures of a folder are one (tests/bench/images.py says the form)"
	@echo "make list-bench               lists of an office with 100,000 partners, in milliseconds"
	@echo "make dup-eval IN= OUT=        likely doubles in a list of partners: rows by their numbers in a sheet, from 2"
	@echo "make images                   build a container image of each process"
	@echo "make base-image               build what they stand on, where there is no container registry"

run: setup
	@$(PYTHON) -m deploy.local run

stop:
	@test ! -x $(PYTHON) || $(PYTHON) -m deploy.local stop

status: setup
	@$(PYTHON) -m deploy.local status

logs: setup
	@$(PYTHON) -m deploy.local logs $(SERVICE)

code: setup
	@$(PYTHON) -m deploy.local code

restart: setup
	@$(PYTHON) -m deploy.local restart $(SERVICE)

# JSON lines, CSV or a ClaimReview feed (docs/operations.md), for all offices or for one.
.PHONY: known-import
OFFICE ?=
PUBLISHER ?=
known-import: setup
	@$(PYTHON) -m deploy.local known-import "$(FILE)" --office "$(OFFICE)" --publisher "$(PUBLISHER)"

reset: stop
	@rm -rf .local/run .local/mail .local/chat
	@echo "The local data is gone. make run starts afresh."

setup:
	@deploy/local/setup.sh run

setup-test:
	@deploy/local/setup.sh test

# In parts side by side (tests/parts.py); logs of them in .local/test-logs.
test: setup-test
	@$(PYTHON) -m tests

lint: setup
	$(PYTHON) -m ruff check .
	@$(PYTHON) -m deploy.formatting --check

# Templates, style sheets and scripts of the gateway.
format: setup
	@$(PYTHON) -m deploy.formatting

type: setup
	$(PYTHON) -m mypy libs services deploy tests

# Hash-locked and without addresses: each place installs from the index that it is set up for. Pins that are there stay;
# UPGRADE="--upgrade-package httpx" moves one, UPGRADE=--upgrade all. Needs uv.
UPGRADE ?=
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url
GROUPS := registry reports notify gateway fetcher
lock:
	$(COMPILE) $(UPGRADE) pyproject.toml $(GROUPS:%=--group %) --group dev --output-file requirements/all.txt >/dev/null
	for service in $(GROUPS); do \
		$(COMPILE) pyproject.toml --group $$service --constraint requirements/all.txt \
			--output-file requirements/$$service.txt >/dev/null || exit 1; \
	done

# Schemas and examples of the messages, docs/api, docs/permissions.md and the manifests for Strimzi, from the code; refuses
# what would break a released shape.
generate: setup
	@$(PYTHON) -m deploy.generate

VERSION ?= $(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
IMAGES ?= registry reports notify gateway fetcher setup
# Debian with Python, made here; where it is there, images stand on it and no registry is asked. BASE takes another.
LOCAL_BASE := simpul/base:bookworm
.PHONY: images base-image bench

images:
	@LOCAL_BASE=$(LOCAL_BASE) BASE=$(BASE) deploy/images/build.sh $(VERSION) $(IMAGES)

base-image:
	@deploy/images/base.sh $(LOCAL_BASE)

# Ours against the bare parts; takes about ten minutes. Needs Debian's wrk and postfix (smtp-sink).
bench: setup
	@command -v wrk >/dev/null && test -x /usr/sbin/smtp-sink || { echo "Needs: sudo apt-get install -y wrk postfix"; exit 1; }
	@$(PYTHON) -m tests.bench

# A workbook of partners imported on real servers, against calamine and insert_many of the same rows; some minutes.
.PHONY: import-bench
ROWS ?= 50000
import-bench: setup-test
	@$(PYTHON) -m tests.bench.imports --rows $(ROWS)

# Fits the matcher on the development data, prints figures out of fold and writes the coefficients that ship.
.PHONY: match-calibrate
match-calibrate: setup-test
	@nice -n 10 $(PYTHON) -m tests.bench.matching.train_pairs
	@nice -n 10 $(PYTHON) -m tests.bench.matching.train
	@$(PYTHON) ../shared/tools/score_matching.py --answers .local/titles.answers.jsonl --absent .local/titles.absent.jsonl \
		--equivalents .local/titles.equivalents.jsonl --archive ../shared/data/matching/archive.jsonl \
		--gold ../shared/data/matching/reports_to_archive.dev.jsonl
	@$(PYTHON) ../shared/tools/score_pairs.py --answers .local/pairs.out-of-fold.jsonl \
		--gold ../shared/data/matching/pairs.dev.jsonl

# Lists of an office with 100,000 partners; takes about five minutes.
.PHONY: list-bench
list-bench: setup-test
	@$(PYTHON) -m tests.bench.partners

# One event in sixty wordings, its template about somebody else and what has nothing to do with it: what lies together,
# and how soon. Ten minutes on a stack of its own; BURST="--count 500 --seconds 60" in one, BURST=--pure without servers.
.PHONY: burst
BURST ?=
burst: setup-test
	@$(PYTHON) -m tests.bench.burst $(BURST)

# The matcher on any file of questions or pairs (shapes: tests/bench/matching/match_eval.py, pairs_eval.py).
.PHONY: match-eval pairs-eval
match-eval: setup
	@$(PYTHON) -m tests.bench.matching.match_eval "$(ARCHIVE)" "$(QUERIES)" "$(OUT)"

# The matcher with 10,000 and 100,000 answers: CPU of a question, memory, time to ready; a minute.
.PHONY: match-scale
match-scale: setup
	@$(PYTHON) -m tests.bench.matching.scale

pairs-eval: setup
	@$(PYTHON) -m tests.bench.matching.pairs_eval "$(PAIRS)" "$(OUT)"

# Faults on real processes, and an oracle that counts what was lost; about half an hour. CHAOS="--seed 7" repeats a run.
.PHONY: chaos
CHAOS ?=
chaos: setup-test
	$(PYTHON) -m tests.chaos $(CHAOS)

# One fault at a time; a module takes about two minutes, all of them an hour. ONLY="services.reports.case*" names some.
.PHONY: mutants
ONLY ?=
mutants: setup
	$(PYTHON) -m mutmut run $(if $(ONLY),'$(ONLY)') >.local/mutants.log || true
	@$(PYTHON) -m mutmut results

# What is read from addresses: url-eval of a CSV with raw_url, links-eval of one with a,b.
.PHONY: url-eval links-eval
url-eval: setup
	@$(PYTHON) -m tests.bench.urls url "$(IN)" "$(OUT)"

links-eval: setup
	@$(PYTHON) -m tests.bench.urls links "$(IN)" "$(OUT)"

# Which pictures of a folder are one; the form of what comes out stands in the module.
.PHONY: image-eval
image-eval: setup
	@$(PYTHON) -m tests.bench.images "$(IN)" "$(OUT)"

# What is found of personal data in texts, and how it is masked (shapes: tests/bench/personal/mask_eval.py).
.PHONY: mask-eval
mask-eval: setup
	@$(PYTHON) -m tests.bench.personal.mask_eval "$(IN)" "$(OUT)"

# Which rows of a list of partners are likely one; columns and shapes: tests/bench/doubles/dup_eval.py.
.PHONY: dup-eval
dup-eval: setup
	@$(PYTHON) -m tests.bench.doubles.dup_eval "$(IN)" "$(OUT)"
