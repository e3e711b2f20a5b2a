# make demo    set up and open the sample organisation (without a screen: headless)
# make test    set up, lint, and run all tests
# make lint    style, types and import rules only
# make translations   bring the catalogues up to date with the source
# make pages   bring what is made in docs/ (scenarios, administrators), manual page, completions and icons up to date
# make bench   start-up, memory and idle cost, as ratios to the smallest program of the kind
# make soak    calendar checks over virtual weeks against a server that fails at random; ARGS="--checks 5000 --seed 1"
# make package   what an office installs, into dist/; ARGS="deb flatpak" makes these alone, ARGS=--list names them
# make release   all of it from a tag, with sums, an SBOM and the licences, into dist/release-VERSION (packaging/release/)
# make wine    compile the installer for Windows and try it under Wine, in a root file system of its own; needs root
# make kerberos   of the tests only those of signing in with Kerberos, with a KDC of their own
# make clean   remove everything that make has made
#
# Needs Python 3.11 to 3.14 with pip. PYTHON=... names another interpreter than python3, ARGS=... goes to the program.

PYTHON ?= python3
VENV := .venv
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
ARGS ?=
BIN := $(VENV)/bin

# The system packages, by their Debian names, and nowhere else. Qt's xcb plugin needs the first list to open a window,
# the tests need the second as well: an X server, a window manager, a tray, a keyring, and three clients of Exchange that
# others wrote: curl, Evolution's with Python's way to it, and Node.js for one of its packages unless there is a Node.js.
SCREEN_PACKAGES := libdbus-1-3 libegl1 libfontconfig1 libgl1 libglib2.0-0 libx11-xcb1 libxcb-cursor0 libxcb-icccm4 \
  libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-render0 libxcb-shape0 libxcb-shm0 \
  libxcb-sync1 libxcb-util1 libxcb-xfixes0 libxcb-xkb1 libxkbcommon-x11-0 fonts-dejavu-core
TEST_PACKAGES := $(SCREEN_PACKAGES) curl dbus git gnome-keyring openbox strace trayer xdotool xvfb \
  evolution-ews gir1.2-ecal-2.0 python3-gi $(if $(shell command -v npm),,nodejs npm)

# What packaging/ builds and checks with; nothing of it runs in a program that is installed.
PACKAGE_PACKAGES := appstream binutils desktop-file-utils dpkg-dev fakeroot file fish flatpak-builder gcc gpg gpg-agent \
  groff libc6-dev libhivex-bin libkrb5-dev libxml2-utils lintian man-db mmdebstrap patchelf shellcheck squashfs-tools zsh

# Those of signing in with Kerberos need a KDC and its tools, and what compiles the library for it. Nobody sets up a
# realm, without which Debian's KDC does not run. What is missing is told, and the other tests run all the same.
PYTHON_HEADER = $(shell $(PYTHON) -c 'import sysconfig; print(sysconfig.get_path("include"))')/Python.h
KERBEROS_PACKAGES = krb5-admin-server krb5-kdc krb5-user libkrb5-dev gcc libc6-dev \
  $(if $(wildcard $(PYTHON_HEADER)),,python3-dev)
kerberos_tests = PYTHONPATH=$(CURDIR)/$(VENV)/kerberos $(BIN)/python -m pytest tests/kerberos

# $(call system_packages,NAMES,COMMAND WHEN NOT ALL ARE THERE): root installs what is missing; anybody else is told how.
# Debian 13 renamed some libraries to NAMEt64. Without dpkg there is nothing to look up and nothing is said.
define system_packages
if command -v dpkg-query >/dev/null; then \
  missing=; \
  for name in $(1); do \
    dpkg-query -W -f='$${Status}\n' $$name $${name}t64 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$name"; \
  done; \
  if [ -n "$$missing" ]; then \
    if [ "$$(id -u)" = 0 ]; then \
      echo "Installing system packages:$$missing"; \
      { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; } \
        >/dev/null || { echo "apt-get could not install:$$missing" >&2; $(2); }; \
    else \
      echo "Missing system packages. This line installs them:" >&2; \
      echo "  sudo apt-get install --no-install-recommends$$missing" >&2; \
      $(2); \
    fi; \
  fi; \
fi
endef

# Not every missing package keeps windows from opening; where one does and a screen is there, the demo goes without.
define or_headless
if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] && \
  ! $(BIN)/python -c 'from PySide6.QtWidgets import QApplication as A; A([])' >/dev/null 2>&1; then \
  echo "Until then the sample organisation runs headless." >&2; \
  headless=--headless; \
fi
endef

.PHONY: demo test lint translations pages bench soak kerberos package release wine clean system-test system-package
.DELETE_ON_ERROR:

demo: $(VENV)/.runtime
	@headless=; \
	$(call system_packages,$(SCREEN_PACKAGES),$(or_headless)); \
	exec $(BIN)/lyncdesk demo $$headless $(ARGS)

test: system-test system-package lint $(VENV)/.npm $(VENV)/.kerberos
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup $(ARGS)
	$(if $(ARGS),,@if [ -e $(VENV)/.kerberos ]; then $(kerberos_tests) -n $(JOBS); fi)

lint: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

translations: $(VENV)/.dev
	$(BIN)/python -m tests.translations

pages: $(VENV)/.dev
	$(BIN)/python -m tests.tools.scenario_pages
	PYTHONPATH=packaging $(BIN)/python -m tests.tools.administrators
	PYTHONPATH=packaging $(BIN)/python -m lyncdesk_packaging.desktop_sources

bench: system-test $(VENV)/.dev
	@set -e; for program in tests/benchmarks/bench_*.py; do echo "$$program"; $(BIN)/python "$$program" $(ARGS); done

soak: $(VENV)/.dev
	$(BIN)/python tests/benchmarks/soak_connection.py $(ARGS)

package: system-package $(VENV)/.dev
	PYTHONPATH=packaging $(BIN)/python -m lyncdesk_packaging $(ARGS)

release: system-package $(VENV)/.dev
	PYTHONPATH=packaging $(BIN)/python -m lyncdesk_packaging.release $(ARGS)

wine: system-package $(VENV)/.dev
	PYTHONPATH=packaging $(BIN)/python -m lyncdesk_packaging.windows_trial

kerberos: $(VENV)/.kerberos
	$(kerberos_tests) $(ARGS)

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find lyncdesk packaging tests -name __pycache__ -type d -prune -exec rm -rf {} +

system-test:
	@$(call system_packages,$(TEST_PACKAGES),exit 1)

system-package:
	@$(call system_packages,$(PACKAGE_PACKAGES),exit 1)

# Debian splits ensurepip off into python3-venv; the system's own pip can fill an environment without it.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' \
	  || { echo "LyncDesk needs Python 3.11 to 3.14, and $(PYTHON) is not; name one with make PYTHON=..." >&2; exit 1; }
	@if $(PYTHON) -c 'import ensurepip' 2>/dev/null; then \
	  $(PYTHON) -m venv --clear $(VENV); \
	elif $(PYTHON) -m pip --version >/dev/null 2>&1; then \
	  $(PYTHON) -m venv --clear --without-pip $(VENV) && $(PYTHON) -m pip --python $(BIN)/python install -q pip; \
	else \
	  $(call system_packages,python3-venv,exit 1); \
	  $(PYTHON) -m venv --clear $(VENV); \
	fi

# The build tool comes first and pinned like all else, so that nothing is fetched behind the constraints' back.
install = $(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt

$(VENV)/.runtime: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Setting up $(VENV) for running LyncDesk"
	@$(install) hatchling
	@$(install) --no-build-isolation -e .
	@touch $@

# One of its packages has no wheel and is built by setuptools, which a Python brings or does not.
$(VENV)/.dev: pyproject.toml constraints.txt | $(VENV)/.runtime
	@echo "Setting up $(VENV) for testing LyncDesk"
	@$(install) setuptools
	@$(install) --no-build-isolation -e '.[dev,package]'
	@touch $@

# What the lock file says, by its hashes, and no script of a package is run. Without npm (system-test has installed it
# where there is dpkg) the tests that need it are skipped and say so.
NPM_FILES := tests/strangers/package.json tests/strangers/package-lock.json

$(VENV)/.npm: $(NPM_FILES) | $(BIN)/python system-test
	@if command -v npm >/dev/null; then \
	  echo "Setting up $(VENV)/npm for testing with clients that others wrote"; \
	  mkdir -p $(VENV)/npm && cp $(NPM_FILES) $(VENV)/npm && \
	  npm ci --prefix $(VENV)/npm --ignore-scripts --no-audit --no-fund --no-progress --loglevel=error >/dev/null && \
	  touch $@; \
	fi

# What the extra "negotiate" adds, in a folder that only its own tests look into: all others hold what a client without
# it says. It is compiled, and not optimised: that takes a minute or two instead of four.
$(VENV)/.kerberos: constraints.txt | $(VENV)/.dev system-test
	@$(call system_packages,$(KERBEROS_PACKAGES),:)
	@if command -v krb5-config >/dev/null && PATH="$$PATH:/usr/sbin:/usr/local/sbin" command -v krb5kdc >/dev/null; then \
	  echo "Setting up $(VENV)/kerberos for testing with Kerberos"; \
	  rm -rf $(VENV)/kerberos $(VENV)/kerberos-build; \
	  $(install) --target $(VENV)/kerberos-build cython setuptools && \
	  PYTHONPATH=$(CURDIR)/$(VENV)/kerberos-build CFLAGS='-O0 -g0' \
	    $(install) --no-build-isolation --target $(VENV)/kerberos gssapi krb5 && \
	  touch $@; \
	else \
	  echo "Not tested: signing in with Kerberos; no KDC (krb5-kdc), or not what its library is compiled with (libkrb5-dev)." >&2; \
	fi || echo "Not tested: signing in with Kerberos; its libraries could not be compiled for this Python." >&2
