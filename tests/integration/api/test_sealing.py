"""Secrets that only the program's keys open, and keys that change."""

from __future__ import annotations

import pytest
from django.test import override_settings

from caretally import clock
from caretally.errors import IntegrityError, UnknownError
from caretally.practice.sealing import (
    Sealed,
    forget_secret,
    keep_secret,
    kept_secret,
    open_sealed,
    seal,
    seal_anew,
)
from caretally.store.models import Secret
from tests.integration.demonstrated import HARBOR, LAKESIDE, Demo

PLACE = (LAKESIDE, "webhook/one")


def test_what_is_sealed_opens_again_and_shows_nothing() -> None:
    sealed = seal(b"quiet", "here")
    assert open_sealed(sealed, "here") == b"quiet"
    assert b"quiet" not in sealed.sealed
    assert seal(b"quiet", "here").sealed != sealed.sealed


@pytest.mark.parametrize("place", [0, 5, 12, -1])
def test_a_changed_byte_is_noticed(place: int) -> None:
    key, sealed = seal(b"quiet")
    changed = bytearray(sealed)
    changed[place] ^= 1
    with pytest.raises(IntegrityError):
        open_sealed(Sealed(key, bytes(changed)))


def test_a_secret_moved_elsewhere_does_not_open() -> None:
    with pytest.raises(IntegrityError, match="something else"):
        open_sealed(seal(b"quiet", "here"), "there")


def test_a_new_key_seals_and_the_old_one_still_opens(demo: Demo) -> None:
    db = demo.journal.db
    Secret.objects.all().delete()  # the demonstration's are sealed under its own key
    with override_settings(SEALING_KEYS=("old",)):
        keep_secret(db, PLACE, b"quiet", clock.now())
    with override_settings(SEALING_KEYS=("new", "old")):
        assert kept_secret(db, PLACE) == b"quiet"
        assert seal_anew(db) == 1
        assert seal_anew(db) == 0
    with override_settings(SEALING_KEYS=("new",)):
        assert kept_secret(db, PLACE) == b"quiet"
    with (
        override_settings(SEALING_KEYS=("other",)),
        pytest.raises(IntegrityError, match="does not hold"),
    ):
        kept_secret(db, PLACE)


def test_a_row_copied_to_another_practice_does_not_open(demo: Demo) -> None:
    db = demo.journal.db
    keep_secret(db, PLACE, b"quiet", clock.now())
    keep_secret(db, (HARBOR, PLACE[1]), b"other", clock.now())
    taken = Secret.objects.get(practice__name=LAKESIDE, purpose=PLACE[1])
    Secret.objects.filter(practice__name=HARBOR, purpose=PLACE[1]).update(
        sealed=taken.sealed, key=taken.key
    )
    with pytest.raises(IntegrityError):
        kept_secret(db, (HARBOR, PLACE[1]))


def test_what_was_forgotten_is_gone(demo: Demo) -> None:
    keep_secret(demo.journal.db, PLACE, b"quiet", clock.now())
    forget_secret(demo.journal.db, PLACE)
    with pytest.raises(UnknownError):
        kept_secret(demo.journal.db, PLACE)
    with pytest.raises(UnknownError):
        keep_secret(demo.journal.db, ("nowhere", "x"), b"", clock.now())
