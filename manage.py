#!/usr/bin/env python
"""Django's command line for the portal."""

import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iom_mongolia.settings")
    from django.core.management import execute_from_command_line

    from iom_mongolia import postgres

    with postgres.at_hand(sys.argv[1] if len(sys.argv) > 1 else None):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
