# make run [PORT=8000] [DEMO=1]   the portal with its demo city, until Ctrl-C (DEMO=0: an empty city)
# make test [ARGS="-k name"]      every check and every test
# make manage ARGS="demo_live"    a management command on the data of make run
# make lint | lock | screenshots | bench | backup FILE=… | restore FILE=…
PYTHON ?= python3
MAKEFLAGS += --no-print-directory
boot = command -v "$(PYTHON)" >/dev/null || { echo "$(PYTHON) is not installed; the portal needs Python 3.11 or newer." >&2; exit 1; }; \
	exec "$(PYTHON)" ops/bootstrap.py

.PHONY: run test lint lock screenshots bench backup restore manage

run:
	@$(boot) embedded ops.run

test:
	@$(boot) dev ops.check $(ARGS)

lint:
	@$(boot) dev ops.check --lint

lock:
	@$(boot) dev ops.lock_requirements

screenshots:
	@$(boot) dev ops.screenshots $(ARGS)

bench:
	@$(boot) dev bench.run $(ARGS)

backup:
	@$(boot) embedded ops.backup backup "$(FILE)"

restore:
	@$(boot) embedded ops.backup restore "$(FILE)"

manage:
	@$(boot) embedded ops.manage $(ARGS)
