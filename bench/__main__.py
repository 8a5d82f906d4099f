"""Runs the measurements, all of them or those named, on a database of their own that is thrown away afterwards.

    python -m bench [seats lists type_ahead]
"""

import importlib
import os
import pkgutil
import shutil
import sys
import tempfile
from pathlib import Path

import django


def main(names):
    os.environ.setdefault("PORTAL_MODE", "test")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iom_mongolia.settings")
    from iom_mongolia import postgres

    folder, server = None, None
    if not os.environ.get("DATABASE_URL"):
        folder = Path(tempfile.mkdtemp(prefix="bench-"))
        server = postgres.Server(folder / "postgres")
        server.start()
        os.environ["DATABASE_URL"] = server.url
    try:
        django.setup()
        from django.test.utils import setup_databases, teardown_databases

        made = setup_databases(verbosity=0, interactive=False)
        try:
            for name in names or sorted(module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)])):
                if name != "__main__":
                    print(f"\n{name}")
                    importlib.import_module(f"bench.{name}").measure()
        finally:
            teardown_databases(made, verbosity=0)
    finally:
        if server:
            server.stop()
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1:])
