"""Django's settings, as the environment has them; what servers and management commands import."""

from __future__ import annotations

import os

from caretally.project.configuration import configuration
from caretally.settings import Settings

globals().update(configuration(Settings.read(os.environ)))
