"""What was said, by PocketSphinx: a grammar for the question asked, else its own language model.

Its English model was made for 16 kHz; telephone sound is doubled for it. It is as quick as it is
credulous, and therefore never believed alone.
"""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import TYPE_CHECKING

from caretally.exchange.extras import pocketsphinx
from caretally.exchange.speech.grammars import grammar_of
from caretally.exchange.speech.ports import Hint, Hypothesis
from caretally.exchange.speech.sound import pcm_of, wide_of

if TYPE_CHECKING:
    from pocketsphinx import Decoder

LANGUAGE = "en"
OPEN = "open"
"""Name of the search without a grammar."""
MOST_GRAMMARS = 24
"""Grammars kept ready; the rest is made again when it is asked for."""
SPOKEN = re.compile(r"[a-z']+")


class Sphinx:
    """PocketSphinx in this process, with the model its package brings."""

    name = "pocketsphinx"
    label = f"pocketsphinx {version('pocketsphinx')} en-us"

    def __init__(self) -> None:
        self._decoder: Decoder = pocketsphinx.Decoder(loglevel="FATAL")
        self._decoder.add_lm_file(OPEN, pocketsphinx.get_model_path("en-us/en-us.lm.bin"))
        self._searches: dict[str, str] = {}

    def hear(self, pcm: bytes, hint: Hint) -> Hypothesis:
        """Return what one utterance says; nothing in a language that is not heard here."""
        if hint.language != LANGUAGE or not pcm:
            return Hypothesis(text="", confidence=0.0, engine=self.label)
        decoder = self._decoder
        decoder.activate_search(self._search(hint))
        decoder.start_utt()
        decoder.process_raw(pcm_of(wide_of(pcm)), no_search=False, full_utt=True)
        decoder.end_utt()
        found = decoder.hyp()
        text = found.hypstr if found else ""
        confidence = float(decoder.get_logmath().exp(found.prob)) if found else 0.0
        return Hypothesis(text=text, confidence=min(1.0, confidence), engine=self.label)

    def _search(self, hint: Hint) -> str:
        words = tuple(each for each in hint.words if self._knows(each))
        grammar = grammar_of(hint.kind, words)
        if grammar is None:
            return OPEN
        if grammar not in self._searches:
            self._forget()
            name = f"grammar{len(self._searches)}"
            self._decoder.add_jsgf_string(name, grammar)
            self._searches[grammar] = name
        return self._searches[grammar]

    def _forget(self) -> None:
        if len(self._searches) >= MOST_GRAMMARS:
            self._decoder.activate_search(OPEN)
            for name in self._searches.values():
                self._decoder.remove_search(name)
            self._searches.clear()

    def _knows(self, words: str) -> bool:
        """Tell whether the dictionary has the sounds of words; a grammar with others is refused."""
        found = SPOKEN.findall(words.lower())
        return bool(found) and all(self._decoder.lookup_word(each) for each in found)
