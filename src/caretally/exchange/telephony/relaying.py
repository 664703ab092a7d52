"""Two legs made one conversation, in this process, by handing each the sound of the other."""

from __future__ import annotations

import asyncio

from caretally.errors import ExchangeError
from caretally.exchange.telephony.links import Frame, MediaLink

MOST_BEHIND_MS = 400
"""What may wait for an ear; more would make two people talk over each other."""


async def relay(first: MediaLink, second: MediaLink) -> None:
    """Let both hear each other; returns when one of them hung up or was lost.

    What was still to be said on either is forgotten: people speak now.
    """
    for link in (first, second):
        await link.clear()
    ways = [
        asyncio.ensure_future(_hand_over(first, second)),
        asyncio.ensure_future(_hand_over(second, first)),
    ]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)


async def _hand_over(speaker: MediaLink, listener: MediaLink) -> None:
    """Hand sound over until the speaker is gone; keys are nobody's business any more."""
    while True:
        try:
            came = await speaker.recv()
        except ExchangeError:
            return
        if came is None:
            return
        if isinstance(came, Frame) and listener.queued_ms() <= MOST_BEHIND_MS:
            await listener.send(came.pcm)
