"""Words that call for a person in every phase of a call, in English and Spanish, and their denial.

Missing one is worse than asking once too often: a denial counts only where it governs the words
directly. What was heard is a reason to ask or to page, never a diagnosis.
"""

# ruff: noqa: E501 - a pattern is read whole, on one line

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

Patterns = Mapping[str, tuple[str, ...]]

SYMPTOMS: Patterns = {
    "chest_pain": (
        r"(?:chest|heart)(?:'s| is| are| has been| feels?)?(?: \w+)? (?:pains?|hurts?|hurting|aches?|aching|tight\w*|pressure|heavy|discomfort|crushing|burning)",
        r"(?:pains?|hurts?|pressure|tightness|heaviness|ache|aching|crushing|elephant|squeezing)(?: \w+){0,4} (?:in|on|across|sitting on)?(?: \w+)? ?chest",
        r"heart attack", r"dolor(?: \w+){0,3} pecho", r"(?:me )?duele(?: \w+){0,2} pecho",
        r"presion(?: \w+){0,2} pecho", r"pecho(?: \w+){0,2} (?:duele|apretado|aprieta)", r"infarto",
    ),
    "breathless": (
        r"(?:can't|cannot|can not|can hardly|can barely|couldn't|unable to|not able to|hard to|hardly|barely|struggling to|trouble|difficulty|don't think i can)(?: \w+){0,2} (?:breath\w*|catch (?:my|his|her) breath)",
        r"short(?:ness)? of breath", r"out of breath", r"breathless\w*", r"gasping", r"suffocating",
        r"no puedo(?: \w+)? respirar", r"(?:falta|corta|dificultad)(?: \w+){0,3} (?:aire|respirar)",
        r"me ahogo", r"me estoy ahogando",
    ),
    "fainting": (
        r"faint(?:ed|ing)?", r"pass(?:ed|ing) out", r"black(?:ed|ing) out", r"lost consciousness",
        r"me desmaye", r"me estoy desmayando", r"desmayo", r"perdi el conocimiento",
    ),
    "confusion": (
        r"(?:so|very|really|suddenly|getting|more|been|feel|feeling|am|i'm|is|he's|she's) confused",
        r"don't know where i am", r"(?:new|sudden) confusion", r"(?:estoy|muy) confundid[oa]",
        r"no se donde estoy",
    ),
    "stroke_signs": (
        r"(?:having|had|have|think|is it|it's|like|a) (?:a )?stroke",
        r"face(?:'s| is)?(?: \w+){0,3} (?:droop\w*|numb|crooked)",
        r"(?:arm|leg|side)(?:'s| is| are| feels| went)?(?: \w+){0,3} (?:weak\w*|numb\w*|paraly\w*|limp)",
        r"(?:numb|weak)(?:ness)?(?: \w+){0,4} (?:side|arm|leg|face)", r"slurr(?:ed|ing)",
        r"(?:can't|cannot|couldn't|trouble) (?:speak\w*|talk\w*|see\w*|move my \w+)",
        r"(?:lost|losing) (?:my )?(?:vision|sight|speech)", r"derrame", r"embolia",
        r"cara(?: \w+){0,2} (?:caida|torcida|dormida)", r"no puedo (?:hablar|mover)",
        r"(?:debilidad|dormid[oa]|adormecid[oa])(?: \w+){0,4} (?:lado|brazo|pierna|cara)",
    ),
    "self_harm": (
        r"kill(?:ing)? myself", r"suicid\w+", r"end(?:ing)? (?:my|it) (?:life|all)", r"end my life",
        r"hurt(?:ing)? myself(?: on purpose)?", r"harm(?:ing)? myself", r"(?:want|wish)(?: \w+){0,3} (?:to die|was dead|were dead)",
        r"better off dead", r"(?:no reason|don't want|do not want|not want) to (?:live|be alive|go on)",
        r"matarme", r"quitarme la vida", r"hacerme dano", r"quiero morir\w*", r"no quiero vivir",
    ),
    "fall_injury": (
        r"(?:fell|fallen|a fall|falling)(?: \w+){0,8} (?:hurt|hit|broke|broken|bleed\w*|head|hip|can't get up|injur\w*)",
        r"(?:hit|banged|cracked) my head", r"(?:can't|cannot) get (?:back )?up", r"broke my \w+",
        r"me cai(?: \w+){0,8} (?:golpe\w*|cabeza|duele|sangr\w*|levantar\w*|rompi)",
        r"me golpee la cabeza", r"no me puedo levantar",
    ),
    "allergic_swelling": (
        r"(?:tongue|lips?|throat|face)(?:'s| is| are| has| have)?(?: \w+){0,3} (?:swell\w*|swollen|closing|closed|tight\w*)",
        r"swell\w*(?: \w+){0,3} (?:tongue|lips?|throat|face)", r"swollen (?:tongue|lips?|throat|face)",
        r"allergic reaction", r"anaphyla\w+",
        r"(?:lengua|labios?|garganta|cara)(?: \w+){0,3} (?:hinchad[oa]s?|cerrando)",
        r"hinchad[oa]s?(?: \w+){0,3} (?:lengua|labios?|garganta|cara)", r"reaccion alergica",
    ),
    "coughing_blood": (
        r"(?:cough\w*|spit\w*|throw\w*|vomit\w*)(?: \w+){0,4} blood\w*", r"blood(?:y)?(?: \w+){0,3} (?:sputum|phlegm|mucus|spit)",
        r"sangre(?: \w+){0,4} (?:flema|esputo|tos)", r"(?:toso|tosiendo|escupo|vomito|vomitando)(?: \w+){0,3} sangre",
    ),
    "pink_froth": (r"(?:pink|frothy|foamy)(?: \w+){0,3} (?:froth|foam|sputum|phlegm|mucus|spit)", r"espuma rosada", r"flema rosada"),
    "emergency": (r"call (?:911|an ambulance)", r"nine one one", r"ambulance", r"help me", r"emergency", r"i'm dying", r"ambulancia", r"emergencia", r"auxilio", r"ayudeme", r"me muero"),
    "swelling": (r"(?:legs?|ankles?|feet|foot|belly|stomach)(?:'s| is| are)?(?: \w+){0,3} (?:swell\w*|swollen|puffy)", r"(?:swelling|swollen)(?: \w+){0,4} (?:legs?|ankles?|feet|foot|belly|stomach)", r"more swelling", r"(?:piernas?|tobillos?|pies)(?: \w+){0,3} hinchad[oa]s", r"hinchad[oa]s(?: \w+){0,3} (?:piernas?|tobillos?|pies)"),
    "dizziness": (r"dizz\w+", r"light ?headed\w*", r"mareos?", r"maread[oa]"),
    "vomiting": (r"vomit(?:ed|ing|s)?", r"throw(?:ing|n)? up", r"threw up", r"can't keep (?:anything|food|water) down", r"vomito", r"vomitando"),
}  # fmt: skip
"""By symptom what it is called in words; the first eleven are emergencies in every pack."""
_FINDERS = {
    name: tuple(re.compile(rf"\b(?:{one})\b") for one in ways) for name, ways in SYMPTOMS.items()
}
_DENIED = re.compile(
    r"\b(?:no|not|never|without|nor|(?:don't|do not|doesn't|didn't|did not|haven't|have not|hasn't"
    r"|isn't|am not|i'm not|wasn't) (?:have|had|having|feel|feeling|felt|been|get|got|any)"
    r"|(?:not|never) (?:have|had|having|feel|feeling|felt|been)"
    r"|no (?:tengo|he tenido|siento)|sin|ni)"
    r"(?: (?:any|a|new|more|real|the|no|at all|having|been|have|had|feel|feeling|felt"
    r"|ningun|ninguna))*"
    r"(?: [\w']+(?: [\w']+){0,3} (?:or|nor|ni|o))*$"
)
"""What stands directly before words that are denied; a list after one denial is denied too."""
_IN_DOUBT = re.compile(
    r"\b(?:my|your|his|her) (?:husband|wife|brother|sister|mother|father|son|daughter|friend|neighbor"
    r"|dog|cat|grandson|granddaughter|mom|dad)\b|\b(?:last|years? ago|months? ago|used to|once had"
    r"|back in|on tv|the news|mi (?:esposo|esposa|hermano|hermana|madre|padre|hijo|hija)|hace \w+ anos?)\b"
)
"""Signs that somebody else, or another time, is meant. They never clear anything; they make us ask."""
_NEVER_DENIED = frozenset({"self_harm", "emergency"})
_NEVER_LIKE_THIS = re.compile(
    r"^ ?(?:like this|like that|this bad|so bad|before|until|como este|antes|asi)\b"
)
"""What follows words that seem denied and are not: never had chest pain like this."""
_BREAKS = re.compile(r"[.;!?]|\bbut\b|\bpero\b")


def plain(text: str) -> str:
    """Return lower-case text without accents, commas and doubled blanks.

    Example:
        >>> plain("Sí,  I can’t")
        "si i can't"
    """
    decomposed = unicodedata.normalize("NFKD", text.lower().replace("’", "'"))
    kept = "".join(each for each in decomposed if not unicodedata.combining(each))
    return " ".join(re.sub(r"[^\w\s'%/.;!?*#-]", " ", kept).split())


def symptoms_in(text: str) -> frozenset[str]:
    """Return the symptoms somebody says there are, of one hypothesis.

    Example:
        >>> sorted(symptoms_in("No chest pain, but I can't catch my breath."))
        ['breathless']
    """
    clauses = [each.strip() for each in _BREAKS.split(plain(text))]
    return frozenset(
        name for name, ways in _FINDERS.items()
        if any(_is_said(name, clause, ways) for clause in clauses)
    )  # fmt: skip


def is_in_doubt(text: str) -> bool:
    """Tell whether words may be of somebody else or of another time."""
    return bool(_IN_DOUBT.search(plain(text)))


def _is_said(name: str, clause: str, ways: Iterable[re.Pattern[str]]) -> bool:
    found = (match for way in ways for match in way.finditer(clause))
    return any(
        name in _NEVER_DENIED
        or not _DENIED.search(clause[: match.start()].rstrip())
        or _NEVER_LIKE_THIS.search(clause[match.end() :])
        for match in found
    )
