"""A secret in a header, as connections have it whose vendor is a standard and no company."""

from __future__ import annotations

from caretally.devices.signatures import chosen_header

SECRET_WORDS = "Any long secret; the sender shows it as Authorization: Bearer …"  # noqa: S105

verify = chosen_header("authorization")


def shown(secret: bytes, content_type: str) -> dict[str, str]:
    """Return the headers of a delivery that shows a secret."""
    return {"authorization": f"Bearer {secret.decode()}", "content-type": content_type}
