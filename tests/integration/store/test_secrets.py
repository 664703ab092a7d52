"""Keys of sealed secrets: old ones open until all is sealed anew, then they may go."""

from __future__ import annotations

import pytest
from django.conf import settings

from caretally import clock
from caretally.errors import IntegrityError
from caretally.practice.sealing import keep_secret, kept_secret, seal_anew
from caretally.store.models import Secret
from tests.integration.demonstrated import LAKESIDE, Demo

PLACE = (LAKESIDE, "vendor:tenovi")


def test_old_keys_open_until_rotated_and_may_then_go(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = demo.journal.db
    Secret.objects.all().delete()  # the demonstration's are sealed under its own key
    monkeypatch.setattr(settings, "SEALING_KEYS", ("first",))
    keep_secret(db, PLACE, b"hush", clock.now())
    monkeypatch.setattr(settings, "SEALING_KEYS", ("second",))
    with pytest.raises(IntegrityError):
        kept_secret(db, PLACE)
    with pytest.raises(IntegrityError):
        seal_anew(db)
    monkeypatch.setattr(settings, "SEALING_KEYS", ("second", "first"))
    assert kept_secret(db, PLACE) == b"hush"
    assert seal_anew(db) == 1
    assert seal_anew(db) == 0
    monkeypatch.setattr(settings, "SEALING_KEYS", ("second",))
    assert kept_secret(db, PLACE) == b"hush"
