# What a person types. `make help` lists it.

PREFIX ?= /usr/local
PYTHON ?= python3
VENV ?= Training/.venv
# The browser tests need no training code.
BROWSER_VENV ?= Tests/Browser/.venv
# Where SwiftPM builds; CI and worktrees may choose another folder.
SCRATCH ?= .build
SWIFT_BUILD = swift build -c release --scratch-path $(SCRATCH)
SAMPLE ?= Samples/bach-prelude.flac
SECONDS ?= 20

# What the build needs beside Swift.
SYSTEM_PACKAGES = g++ libsndfile1-dev libsoxr-dev pkg-config
# What Swift itself needs, where it is yet to be installed.
TOOLCHAIN_PACKAGES = ca-certificates curl git gnupg libcurl4-openssl-dev libncurses-dev libsqlite3-dev \
	libxml2-dev tzdata zlib1g-dev

# Swift is one user's: the build is, too, and only what others own is written through sudo.
AS_OWNER = place=$(DESTDIR)$(PREFIX); while [ ! -e "$$place" ]; do place=$$(dirname "$$place"); done; \
	[ -w "$$place" ] && as= || as=sudo

.PHONY: help demo compare-demo compare-picture build bench test train-test browser-test install uninstall fixtures format lint clean system-packages toolchain

help: ## list these targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/:/' | column -t -s :

demo: build ## continue a real piano recording and say where the result is
	$(SCRATCH)/release/audiolm continue $(SAMPLE) --seconds $(SECONDS) --force \
		-o $(notdir $(basename $(SAMPLE))).continued.wav
	@echo "Listen to $(CURDIR)/$(notdir $(basename $(SAMPLE))).continued.wav"

# Where compare-demo works, and the prompts and real continuations that it takes.
COMPARE_DEMO ?= compare-demo
COMPARE_PROMPTS ?= Samples/prompts

compare-demo: build ## compare the bundle with the references on ten prompts and say where the report is
	$(SCRATCH)/release/audiolm continue $(COMPARE_PROMPTS) --seconds 15 --only-continuation --seed 1 --quiet --force \
		-o $(COMPARE_DEMO)/piano
	$(SCRATCH)/release/audiolm compare $(COMPARE_PROMPTS) --reference $(COMPARE_PROMPTS) --model piano --seconds 15 \
		--systems piano=$(COMPARE_DEMO)/piano,truth,codec,acoustic,loop,other -o $(COMPARE_DEMO)/report
	@echo "Open $(CURDIR)/$(COMPARE_DEMO)/report/index.html"

compare-picture: compare-demo ## take the README's picture of that report
	@$(MAKE) --no-print-directory SYSTEM_PACKAGES="chromium python3-venv" system-packages
	$(PYTHON) -m venv $(BROWSER_VENV)
	$(BROWSER_VENV)/bin/pip install --quiet --disable-pip-version-check playwright
	$(BROWSER_VENV)/bin/python Tests/Browser/picture.py $(COMPARE_DEMO)/report/index.html bwv846-prelude-026 \
		Documentation/compare.png

build: system-packages toolchain ## build the tools
	$(SWIFT_BUILD) --product audiolm
	$(SWIFT_BUILD) --product continue

# Words for the benchmark: parts, --threads 2, --long, --json.
BENCH ?=

bench: system-packages toolchain ## measure kernels, networks and continuations on this machine
	$(SWIFT_BUILD) --product audiolm-bench
	$(SCRATCH)/release/audiolm-bench $(BENCH)

# Release, because C compiles without optimisation in debug builds and models then take minutes.
test: system-packages toolchain ## run the Swift tests
	swift test -c release -Xswiftc -enable-testing --scratch-path $(SCRATCH)

train-test: $(VENV)/.installed ## run the training code's tests in an environment of their own
	cd Training && OMP_NUM_THREADS=1 $(abspath $(VENV))/bin/python -m pytest -q tests

browser-test: build ## press the report's controls in a real browser
	@$(MAKE) --no-print-directory SYSTEM_PACKAGES="chromium python3-venv" system-packages
	$(PYTHON) -m venv $(BROWSER_VENV)
	$(BROWSER_VENV)/bin/pip install --quiet --disable-pip-version-check pytest playwright
	AUDIOLM=$(SCRATCH)/release/audiolm $(BROWSER_VENV)/bin/python -m pytest -q Tests/Browser

$(VENV)/.installed: Training/pyproject.toml
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || $(MAKE) SYSTEM_PACKAGES=python3-venv system-packages
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -e 'Training[test]'
	@touch $@

install: system-packages toolchain ## install both tools and the models under PREFIX
	$(SWIFT_BUILD) --static-swift-stdlib --product audiolm
	$(SWIFT_BUILD) --static-swift-stdlib --product continue
	@$(AS_OWNER); set -x; $$as install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/audiolm && \
	$$as install -s $(SCRATCH)/release/audiolm $(SCRATCH)/release/continue $(DESTDIR)$(PREFIX)/bin && \
	$$as cp -R --remove-destination Models $(DESTDIR)$(PREFIX)/share/audiolm/

uninstall: ## remove what install put under PREFIX
	@$(AS_OWNER); set -x; $$as rm -f $(DESTDIR)$(PREFIX)/bin/audiolm $(DESTDIR)$(PREFIX)/bin/continue && \
	$$as rm -rf $(DESTDIR)$(PREFIX)/share/audiolm

fixtures: $(VENV)/.installed ## write the golden files of the Swift tests anew
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -e 'Training[test,fixtures]'
	cd Training && for part in $(filter-out __init__,$(basename $(notdir \
		$(wildcard Training/audiolm_training/fixtures/*.py)))); do \
		$(abspath $(VENV))/bin/python -m audiolm_training.fixtures.$$part ../Tests/Fixtures || exit 1; done

format: toolchain ## lay out all Swift files
	swift format -i -r -p Package.swift Sources Tests

lint: toolchain ## check the layout of all Swift files
	swift format lint --strict -r -p Package.swift Sources Tests

clean: ## remove builds
	rm -rf $(SCRATCH) $(VENV) $(BROWSER_VENV)

# Installs what dpkg does not have yet; asks for a password only then.
system-packages:
	@command -v dpkg-query >/dev/null || { echo "Not a Debian or Ubuntu: install the equivalents of $(SYSTEM_PACKAGES)"; exit 0; }; \
	missing=$$(for package in $(SYSTEM_PACKAGES); do \
		dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || echo $$package; done); \
	[ -z "$$missing" ] && exit 0; \
	echo "Installing" $$missing; \
	[ "$$(id -u)" = 0 ] && as= || as=sudo; \
	$$as apt-get update -qq && $$as env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing

toolchain: system-packages
	@command -v swift >/dev/null || { \
		$(MAKE) --no-print-directory SYSTEM_PACKAGES="$(TOOLCHAIN_PACKAGES)" system-packages && \
		echo && \
		echo "Swift 6.2 or newer is missing. This one command installs it; then run make again:"; \
		echo; \
		echo '  curl -O https://download.swift.org/swiftly/linux/swiftly-$$(uname -m).tar.gz && tar zxf swiftly-$$(uname -m).tar.gz && ./swiftly init --assume-yes --quiet-shell-followup && . "$${SWIFTLY_HOME_DIR:-$$HOME/.local/share/swiftly}/env.sh"'; \
		echo; exit 1; }
