"""The portal's settings as tests use them: the mode is set before the settings read it."""

import os

os.environ["PORTAL_MODE"] = "test"

from iom_mongolia.settings import *  # noqa: E402, F403
