# Everything that can be done with this package; `make help` lists it.

SWIFT ?= swift
SEEDS ?= 200
REHEARSE := .build/release/rehearse
SOURCES := Sources Tests Package.swift

.DEFAULT_GOAL := help
.PHONY: help demo build test lint format bench bench-kernel bench-model bench-driver bench-tune bench-tune-live oracles fidelity sealed ablation fuzz record-goldens clean prerequisites charts

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: build ## Build the command and rehearse scenarios/quickstart.yaml
	@echo; echo '$$ rehearse simulate scenarios/quickstart.yaml'
	@$(REHEARSE) simulate --no-history scenarios/quickstart.yaml || [ $$? -eq 2 ] || [ $$? -eq 3 ]

build: prerequisites charts ## Build the command, optimised
	$(SWIFT) build -c release --product rehearse

test: build ## Run every test; the recorded scenarios need the optimised build
	@scripts/parsers
	python3 -B -m unittest discover -s Benchmarks/fidelity
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --skip LiveDriverTests
	# Servers under load are tested one at a time, beside nothing else.
	$(SWIFT) test --skip-build --no-parallel --filter LiveDriverTests

lint: ## Check the formatting
	$(SWIFT) format lint --strict -r $(SOURCES)

format: ## Format the sources in place
	$(SWIFT) format -i -r $(SOURCES)

bench: bench-kernel bench-model ## Measure kernel and model: results/kernel.md, results/model.md

bench-kernel: prerequisites ## Measure the event kernel against C and SimPy: results/kernel.md
	Benchmarks/run > results/kernel.md

bench-model: prerequisites ## Measure the whole model: results/model.md
	Benchmarks/model > results/model.md

bench-driver: prerequisites ## Measure the live driver beside pgbench: results/driver.md
	@mkdir -p results/local
	Benchmarks/driver > results/local/driver.md && mv results/local/driver.md results/driver.md

bench-tune: prerequisites ## Measure tune against a brute-force grid: results/tune.md
	@mkdir -p results/local
	Benchmarks/tune > results/local/tune.md && mv results/local/tune.md results/tune.md

oracles: prerequisites ## Print every closed form beside what the simulator gives: results/oracles.md
	$(SWIFT) build -c release --product rehearse-oracles
	@.build/release/rehearse-oracles > results/oracles.md; status=$$?; cat results/oracles.md; exit $$status

CALIBRATION ?= results/local/calibration.json
$(CALIBRATION): | build
	mkdir -p $(dir $@)
	$(REHEARSE) calibrate Benchmarks/fidelity/development.yaml --throwaway --out $@

fidelity: build $(CALIBRATION) ## Predictions beside real runs, development set: results/fidelity/development.md
	Benchmarks/fidelity/fidelity.py run --calibration $(CALIBRATION)
	Benchmarks/fidelity/fidelity.py table --out results/fidelity/development.md

sealed: build $(CALIBRATION) ## The same on scenarios drawn from the hash of code and calibration
	scenarios=$$(Benchmarks/fidelity/fidelity.py seal --calibration $(CALIBRATION)); folder=$$(dirname $$scenarios); \
	Benchmarks/fidelity/fidelity.py run --calibration $(CALIBRATION) --scenarios $$scenarios --cells $$folder/cells.json && \
	Benchmarks/fidelity/fidelity.py table --cells $$folder/cells.json --train results/fidelity/development.json --title "Sealed set" --out $$folder/table.md

bench-tune-live: build $(CALIBRATION) ## Run what tune recommends for real: results/tune-live.md
	Benchmarks/tune-live $(CALIBRATION) > results/local/tune-live.md && mv results/local/tune-live.md results/tune-live.md

ablation: build $(CALIBRATION) ## Errors without each mechanism of the model: results/fidelity/ablation.md
	Benchmarks/fidelity/fidelity.py ablate --calibration $(CALIBRATION) --out results/fidelity/ablation.md

fuzz: prerequisites ## Play random scenarios: make fuzz SEEDS=1000
	$(SWIFT) run -c release Fuzz --seeds $(SEEDS)

record-goldens: build ## Rewrite the recorded outputs that the tests compare with
	$(SWIFT) build --build-tests
	RECORD=1 $(SWIFT) test --skip-build --filter 'RehearseTests|ReportsTests|ScenariosTests'
	git status --short

clean: ## Remove what was built
	rm -rf .build

prerequisites:
	@scripts/prerequisites

charts:
	@scripts/charts
