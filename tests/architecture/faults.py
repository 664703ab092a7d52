"""Planted faults: sources that each limit must report, and near ones that it must let pass.

A limit that reports nothing here would report nothing in the program either.
"""

from __future__ import annotations

LONG = "def long() -> None:\n" + "".join(f"    a{line} = {line}\n" for line in range(60))
JUST_SHORT = "def short() -> None:\n" + "".join(f"    a{line} = {line}\n" for line in range(59))
PADDED = JUST_SHORT.replace(":\n", ':\n    """Say.\n\n    More."""\n\n    # why\n\n', 1)
CRITERIA = "billability/criteria.py"

FAULTS: dict[str, list[tuple[str, str]]] = {
    "pages_in_practice": [
        ("practice/a.py", "from django.http import HttpRequest\n"),
        ("practice/a.py", "from django.urls import reverse\n"),
        ("practice/a.py", "import ninja\n"),
    ],
    "long_functions": [("journal/a.py", LONG)],
    "long_modules": [("journal/a.py", "a = 1\n" * 601)],
    "many_parameters": [
        ("journal/a.py", "def f(a, b, c, d, e, f): ...\n"),
        ("journal/a.py", "def f(a, b, *, c, d, e, f): ...\n"),
        ("journal/a.py", "def f(a, b, c, d, *e, **f): ...\n"),
        ("cli/a.py", "def f(a, b, c, d, e, f): ...\n"),
    ],
    "hidden_imports": [
        ("journal/a.py", "def f():\n    import json\n"),
        ("cli/a.py", "def f():\n    if True:\n        from json import loads\n"),
    ],
    "clock_readings": [
        ("cli/a.py", "from datetime import datetime, UTC\nx = datetime.now(UTC)\n"),
        ("cli/a.py", "import datetime\nx = datetime.datetime.utcnow()\n"),
        ("cli/a.py", "from datetime import date\nx = date.today()\n"),
        ("synthetic/a.py", "import time\nx = time.time()\n"),
        ("synthetic/a.py", "from time import time\nx = time()\n"),
        ("billability/a.py", "from caretally.clock import now\n"),
    ],
    "floats": [
        ("money.py", "rate = 0.1\n"),
        ("billability/fees.py", "x = float('1.5')\n"),
        ("patient_months/a.py", "def f(x: float) -> int: ...\n"),
        ("patient_months/a.py", "def f(x: int) -> tuple[float, str]: ...\n"),
        ("patient_months/a.py", "import numpy as np\nx = np.float64\n"),
        ("patient_months/a.py", "x = 3 / 2\n"),
        ("journal/a.py", "x = 1e3\n"),
    ],
    "inexact_json": [("journal/a.py", "import json\nx = json.loads('1.5')\n")],
    "unsafe_calls": [
        ("cli/a.py", "x = eval('1')\n"),
        ("cli/a.py", "exec('x = 1')\n"),
        ("cli/a.py", "import pickle\n"),
        ("cli/a.py", "from pickle import loads\n"),
        ("cli/a.py", "import marshal\n"),
        ("billability/a.py", "import yaml\nx = yaml.load('a')\n"),
        ("billability/a.py", "import yaml\nx = yaml.load('a', Loader=yaml.Loader)\n"),
        ("billability/a.py", "import yaml\nx = yaml.load('a', yaml.UnsafeLoader)\n"),
        ("billability/a.py", "import yaml\nx = yaml.unsafe_load('a')\n"),
        ("billability/a.py", "from yaml import load\n"),
    ],
    "empty_folder_names": [
        ("util/a.py", ""),
        ("journal/utils.py", ""),
        ("journal/helpers/a.py", ""),
        ("core/a.py", ""),
        ("base.py", ""),
        ("journal/managers.py", ""),
    ],
    "empty_names": [
        ("journal/a.py", "class EntryManager: ...\n"),
        ("journal/a.py", "def process(): ...\n"),
        ("journal/a.py", "class PatientInfo: ...\n"),
        ("journal/a.py", "class Entry:\n    def handler(self): ...\n"),
    ],
    "untyped": [
        ("journal/a.py", "def f(a) -> int: ...\n"),
        ("journal/a.py", "def f(a: int): ...\n"),
        ("journal/a.py", "def f(*a, b: int) -> int: ...\n"),
        ("journal/a.py", "class A:\n    async def f(self, **k) -> int: ...\n"),
    ],
    "busy_inits": [
        ("journal/__init__.py", '"""Say."""\n\nfrom a import b\n'),
        ("journal/__init__.py", ""),
    ],
    "reached_outside": [
        ("journal/a.py", "import os\n"),
        ("patient_months/a.py", "from urllib.request import urlopen\n"),
        ("billability/a.py", "from django.db import models\n"),
        ("clock.py", "import sqlite3\n"),
    ],
    "optional_packages": [
        ("patient_months/a.py", "import numpy as np\n"),
        ("patient_months/a.py", "from numba import njit\n"),
        ("cli/a.py", "import ray\n"),
        ("cli/a.py", "try:\n    import pyspark.sql\nexcept ImportError:\n    pass\n"),
    ],
    "wordy_criteria": [
        (CRITERIA, "def a(slot):\n    return some(slot.x)\n"),
        (CRITERIA, 'def a(slot):\n    """Says."""\n    x = slot.x\n    return some(x)\n'),
        (CRITERIA, 'def a(slot):\n    """Says."""\n    return some(slot.x or slot.y)\n'),
        (CRITERIA, 'def a(slot):\n    """Says."""\n    return some(not slot.x)\n'),
        (CRITERIA, 'def a(slot):\n    """Says."""\n    return some(1 if slot.x else 0)\n'),
        (CRITERIA, 'def a(slot):\n    """Says."""\n    return slot.x >= 3\n'),
        (CRITERIA, 'def a(slot):\n    """Says."""\n    return decide_all(slot)\n'),
        (CRITERIA, 'def a(slot):\n    """Says."""\n    if slot.x:\n        return some(1)\n'),
        (CRITERIA, "if True:\n    x = 1\n"),
    ],
}

ALLOWED: dict[str, list[tuple[str, str]]] = {
    "pages_in_practice": [
        ("practice/a.py", "from django.db.models import Q\n"),
        ("web/a.py", "from django.http import HttpRequest\n"),
    ],
    "long_functions": [("journal/a.py", JUST_SHORT), ("journal/a.py", PADDED)],
    "long_modules": [("journal/a.py", "a = 1\n" * 600)],
    "many_parameters": [
        ("journal/a.py", "class A:\n    def f(self, a, b, *, c, d, e): ...\n"),
        ("cli/a.py", "@app.command()\ndef f(a, b, c, d, e, f, g): ...\n"),
    ],
    "hidden_imports": [
        ("journal/a.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import json\n")
    ],
    "clock_readings": [
        ("clock.py", "from datetime import datetime, UTC\nx = datetime.now(UTC)\n"),
        ("cli/a.py", "from caretally.clock import now\nx = now()\n"),
        ("cli/a.py", "import time\nx = time.monotonic()\n"),
    ],
    "floats": [
        ("journal/a.py", "def f(x: object) -> bool:\n    return isinstance(x, (int, float))\n"),
        ("patient_months/a.py", "x = 3 // 2\n"),
        ("billability/sheets.py", "x = folder / 'medicare'\n"),
        ("patient_months/a.py", "from pathlib import Path\nx = Path() / 'cache'\n"),
        ("cli/a.py", "share = 0.5\n"),
    ],
    "inexact_json": [
        ("journal/a.py", "import json\nx = json.loads('1', parse_float=Decimal)\n"),
        ("cli/a.py", "import json\nx = json.loads('1.5')\n"),
    ],
    "unsafe_calls": [
        ("billability/a.py", "import yaml\nx = yaml.compose('a', Loader=STRING_LOADER)\n"),
        ("billability/a.py", "import yaml\nx = yaml.load('a', Loader=LineMarkingLoader)\n"),
        ("billability/a.py", "x = rows.eval()\n"),
    ],
    "empty_folder_names": [("devices/vendors/a.py", ""), ("database.py", "")],
    "empty_names": [("journal/a.py", "def reaches_data_days(): ...\ndef _process(): ...\n")],
    "untyped": [("journal/a.py", "class A:\n    def f(self, a: int, *b: int) -> None: ...\n")],
    "busy_inits": [
        ("journal/__init__.py", '"""Say."""\n'),
        ("journal/entries/__init__.py", '"""Say."""\nfrom a import b\n'),
    ],
    "reached_outside": [
        ("store/a.py", "import os\n"),
        ("journal/a.py", "from pathlib import Path\nimport osteo\n"),
    ],
    "optional_packages": [
        ("patient_months/extras.py", "import numba\n"),
        (
            "patient_months/a.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import numpy\n",
        ),
    ],
    "wordy_criteria": [
        (CRITERIA, 'def a(slot):\n    """Says."""\n    return at_least(total(slot, x), y)\n'),
        ("billability/slots.py", "def a(slot):\n    return slot.x or slot.y\n"),
    ],
}
