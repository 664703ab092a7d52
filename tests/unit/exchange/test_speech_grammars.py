"""What grammars listen for is what the program understands: phrase by phrase."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from caretally.contacts.wellness_calls.pack_reader import installed
from caretally.contacts.wellness_calls.slots import KINDS
from caretally.contacts.wellness_calls.symptoms import SYMPTOMS, symptoms_in
from caretally.contacts.wellness_calls.understanding import (
    parse,
    wants_out,
    wants_person,
    yes_or_no,
)
from caretally.exchange.speech import phrases
from caretally.exchange.speech.grammars import OPEN, grammar_of


def test_every_symptom_has_phrases() -> None:
    assert set(phrases.SYMPTOMS) == set(SYMPTOMS)


@pytest.mark.parametrize("name", phrases.SYMPTOMS)
def test_every_phrase_of_a_symptom_says_that_symptom(name: str) -> None:
    assert {each: symptoms_in(each) for each in phrases.SYMPTOMS[name]} == {
        each: symptoms_in(each) | {name} for each in phrases.SYMPTOMS[name]
    }


def test_every_yes_and_no_is_one() -> None:
    assert {yes_or_no(each) for each in phrases.YES} == {"yes"}
    assert {each: yes_or_no(each) for each in phrases.NO} == dict.fromkeys(phrases.NO, "no")


def test_what_is_no_answer_is_none_and_no_symptom() -> None:
    assert {each: yes_or_no(each) for each in phrases.UNSURE} == dict.fromkeys(phrases.UNSURE)
    assert {each for each in phrases.UNSURE + phrases.DENIED if symptoms_in(each)} == set()


def test_wishes_are_understood() -> None:
    assert [each for each in phrases.PERSON if not wants_person(each)] == []
    assert [each for each in phrases.OPT_OUT if not wants_out(each)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_question_has_its_grammar_or_none(kind: str) -> None:
    grammar = grammar_of(kind, ("swelling", "dizzy"))
    assert (grammar is None) == (kind in OPEN)
    if grammar:
        used = set(re.findall(r"<(\w+)>", grammar))
        assert used == set(re.findall(r"^(?:public )?<(\w+)> =", grammar, re.MULTILINE))
        assert "chest pain" in grammar
        assert "talk to a nurse" in grammar


def test_the_options_of_a_question_stand_in_its_grammar() -> None:
    assert "i feel dizzy" in (grammar_of("symptom_set", ("dizzy",)) or "")


@pytest.mark.parametrize("around", [*(f"{each} 142" for each in phrases.BEFORE_NUMBERS),
                                    "142 today", "142 this morning"])  # fmt: skip
def test_what_stands_around_a_number_changes_nothing_of_it(around: str) -> None:
    glucose = installed("diabetes").question("glucose_told")
    assert parse(glucose, around) == (Decimal(142),)
