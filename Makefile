# The portal's commands. `make run` and `make test` need nothing but Python 3.12 or newer; all they make is in .venv and .local.
PORT = 8000
PYTHON = .venv/bin/python
WORKERS = logical
ARGS =
export CHROMIUM

.PHONY: help run stop reset test test-slow bench messages manage

help:
	@echo "make run [PORT=8000]     start the portal with demo data; Ctrl-C stops it and keeps its data"
	@echo "make stop                stop one that runs in another window"
	@echo "make reset               empty its data"
	@echo "make test [ARGS=…]       run the tests, those in a real browser included; ARGS go to pytest; on all"
	@echo "                         processors, or on as many as WORKERS=… says (0: one after the other)"
	@echo "make test-slow           run the long ones too"
	@echo "make bench               measure the fast paths"
	@echo "make messages            bring the translation file up to date with the code, and compile it"
	@echo "make manage ARGS=…       run one of Django's commands on the demo data, e.g. ARGS=shell"

run:
	@sh environment.sh
	@$(PYTHON) -m iom_mongolia.start run $(PORT)

stop:
	@sh environment.sh
	@$(PYTHON) -m iom_mongolia.start stop

reset:
	@sh environment.sh
	@$(PYTHON) -m iom_mongolia.start reset

test:
	@sh environment.sh test
	@$(PYTHON) -m pytest -q -n $(WORKERS) --dist worksteal -m "not slow" $(ARGS)

test-slow:
	@sh environment.sh test
	@$(PYTHON) -m pytest -q -n $(WORKERS) --dist worksteal $(ARGS)

bench:
	@sh environment.sh test
	@PORTAL_MODE=test $(PYTHON) -m bench $(ARGS)

messages:
	@sh environment.sh
	@PORTAL_MODE=test $(PYTHON) manage.py messages extract compile

manage:
	@sh environment.sh
	@$(PYTHON) -m iom_mongolia.start manage $(ARGS)
