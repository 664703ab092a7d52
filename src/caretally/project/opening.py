"""Opens the program's database; imported only by what needs one, since it loads Django."""

from __future__ import annotations

import os

import django

SETTINGS_MODULE = "caretally.project.django_settings"

os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS_MODULE)
django.setup()
