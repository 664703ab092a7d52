"""What was said, by Whisper through CTranslate2: int8, one pass, no second guesses.

The model is a folder the operator names, with the digest of what stands in it; nothing is ever
downloaded. Whisper invents words in silence and noise: what it is unsure of is nothing heard.
"""

from __future__ import annotations

import hashlib
import math
from pathlib import Path

from caretally.errors import InputError, Problem
from caretally.exchange.extras import faster_whisper
from caretally.exchange.speech.ports import Hint, Hypothesis
from caretally.exchange.speech.sound import WIDE, Samples, wide_of

MODEL_SETTING, DIGEST_SETTING = "CARETALLY_SPEECH_MODEL", "CARETALLY_SPEECH_MODEL_DIGEST"
NEEDED = ("model.bin", "config.json", "tokenizer.json")
PROMPTS = {
    "bp": "142 over 91. 118 over 76.",
    "decimal": "182.4 pounds. 176 pounds.",
    "int": "95. 142. 1948.",
    "symptom_set": "I have chest pain. I can't catch my breath. I feel dizzy.",
    "choice": "Better. The same. Worse.",
}
"""How answers of a kind are written. A yes or no gets none: it would be heard in silence."""
MOST_SILENCE = 0.6
LEAST_CERTAINTY = -1.2
"""Mean logarithm of the probabilities of what was written; below it nothing was heard."""
MOST_REPEATING = 2.4
"""Compression of a text above which it only repeats itself."""
MOST_LETTERS_A_SECOND = 30
"""Nobody speaks faster; Whisper writes such texts into noise."""
BLOCK = 1 << 20


def folder_digest(folder: Path) -> str:
    """Return what names a model folder exactly: SHA-256 over the list of its files' SHA-256.

    The same as `cd FOLDER && sha256sum * | sha256sum`, files in the order of their names' bytes.
    """
    total = hashlib.sha256()
    for path in sorted(each for each in folder.iterdir() if each.is_file()):
        digest = hashlib.sha256()
        with path.open("rb") as opened:
            while block := opened.read(BLOCK):
                digest.update(block)
        total.update(f"{digest.hexdigest()}  {path.name}\n".encode())
    return total.hexdigest()


def checked_model(folder: Path, digest: str) -> Path:
    """Return a model folder that is what the operator said it is.

    Raises:
        InputError: the folder lacks a file, or its digest is not the one that was named.
    """
    missing = [each for each in NEEDED if not (folder / each).is_file()]
    if missing:
        raise InputError([Problem(where=MODEL_SETTING, found=f"a folder without {missing[0]}",
                                  expected="a Whisper model for CTranslate2",
                                  hint="see docs/explanation/speech.md")])  # fmt: skip
    found = folder_digest(folder)
    if found != digest.strip().lower():
        raise InputError([Problem(where=DIGEST_SETTING, found=digest or "nothing",
                                  expected=f"{found}, if you mean that model")])  # fmt: skip
    return folder


class Whisper:
    """A Whisper model in this process."""

    name = "whisper"

    def __init__(self, folder: Path, digest: str, *, threads: int = 1) -> None:
        """Load a model.

        Raises:
            InputError: it is not what its digest says.
        """
        self._model = faster_whisper.WhisperModel(
            str(checked_model(folder, digest)), device="cpu", compute_type="int8",
            cpu_threads=threads, local_files_only=True,
        )  # fmt: skip
        self.label = f"{self.name} {digest[:16]}"

    def hear(self, pcm: bytes, hint: Hint) -> Hypothesis:
        """Return what one utterance says; nothing in a language the model was not made for."""
        sound = wide_of(pcm)
        is_spoken_here = hint.language == "en" or self._model.model.is_multilingual
        if not len(sound) or not is_spoken_here:
            return Hypothesis(text="", confidence=0.0, engine=self.label)
        return self._written(sound, hint)

    def _written(self, sound: Samples, hint: Hint) -> Hypothesis:
        segments, _ = self._model.transcribe(
            sound, language=hint.language, beam_size=1, temperature=0.0,
            condition_on_previous_text=False, without_timestamps=True, vad_filter=False,
            initial_prompt=PROMPTS.get(hint.kind), no_speech_threshold=None,
            max_new_tokens=64,
        )  # fmt: skip
        kept = [each for each in segments if _is_credible(each)]
        text = " ".join(each.text.strip() for each in kept).strip()
        if len(text) > MOST_LETTERS_A_SECOND * max(1.0, len(sound) / WIDE):
            text = ""
        certainty = math.exp(min(each.avg_logprob for each in kept)) if text else 0.0
        return Hypothesis(text=text, confidence=certainty, engine=self.label)


def _is_credible(segment: faster_whisper.transcribe.Segment) -> bool:
    """Tell whether somebody said this, rather than the model into silence."""
    is_silence = segment.no_speech_prob > MOST_SILENCE and segment.avg_logprob < -0.7
    return (
        not is_silence
        and segment.avg_logprob > LEAST_CERTAINTY
        and segment.compression_ratio < MOST_REPEATING
    )
