"""The words of the portal: complete in both languages, plain, and versioned where they bind."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from importlib.resources import files
from statistics import mean

import pytest

from caretally.practice.portal_wording import LANGUAGES, wording

FILES = sorted(
    (each for each in files("caretally.practice").joinpath("portal_words").iterdir()
     if each.name.endswith(".json")), key=str,
)  # fmt: skip
PLACE = re.compile(r"\{(\w+)\}")
JARGON = ("consent", "authoriz", "enroll", "monitor", "caregiver", "portal", "electronic", "scope")
"""Words of ours that no patient should have to learn."""
TEXTS = {"2026-11-22": "76a15c93c51cd354bf5b45f7e29f338a602e084f1c8766055e8784c7f7ebad12"}
"""Digest of the texts of each version: who changes a text gives it a new version."""


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_both_languages_say_the_same_things(file: object) -> None:
    told = json.loads(file.read_text(encoding="utf-8"))  # type: ignore[attr-defined]
    assert sorted(told) == sorted(LANGUAGES)
    assert list(told["en"]) == list(told["es"])
    for name, english in told["en"].items():
        assert set(PLACE.findall(english)) == set(PLACE.findall(told["es"][name])), name
        assert english.strip(), name
        assert told["es"][name].strip(), name


def test_no_sentence_stands_in_two_files() -> None:
    names = [name for file in FILES for name in json.loads(file.read_text(encoding="utf-8"))["en"]]
    assert sorted(names) == sorted(set(names))


def grade(text: str) -> float:
    """Return the school grade a text asks for (Flesch and Kincaid), syllables counted by vowels."""
    words = re.findall(r"[A-Za-z']+", text)
    sentences = max(1, len(re.findall(r"[.!?:]+", text)))
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e$", "", word.lower()))))
                    for word in words)  # fmt: skip
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


def test_english_is_plain() -> None:
    long = {name: text for name, text in wording("en").sentences.items() if len(text.split()) > 5}
    grades = {name: grade(text) for name, text in long.items()}
    assert mean(grades.values()) <= 6
    assert {name: round(each, 1) for name, each in grades.items() if each > 9.5} == {}
    spoken = " ".join(long.values()).lower()
    assert [word for word in JARGON if word in spoken] == []


def test_a_changed_text_has_a_new_version() -> None:
    told = {language: {
        name: text for name, text in wording(language).sentences.items()
        if name.startswith("consent_") and name.endswith(("_head", "_text", "_stop"))
    } for language in LANGUAGES}  # fmt: skip
    digest = sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    assert TEXTS[wording("en").say("consent_version")] == digest
    assert wording("es").say("consent_version") == wording("en").say("consent_version")
