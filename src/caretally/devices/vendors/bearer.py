"""A secret in a header, as connections have it whose vendor is a standard and no company."""

from __future__ import annotations

from hmac import compare_digest

from caretally.devices.unpacked import Posted, Verdict

SCHEME = "bearer"
SECRET_WORDS = "any long secret; the sender shows it as Authorization: Bearer …"  # noqa: S105


def verify(posted: Posted, secrets: tuple[bytes, ...]) -> Verdict:
    """Tell whether a delivery shows one of the secrets in its header `Authorization`."""
    scheme, _, shown = posted.headers.get("authorization", "").partition(" ")
    if scheme.lower() != SCHEME or not shown.strip():
        return Verdict(is_genuine=False, says="no header Authorization: Bearer …")
    token = shown.strip().encode()
    # Each is compared, whichever fits: time must not tell which one did.
    fits = [compare_digest(token, secret) for secret in secrets]
    if any(fits):
        return Verdict(is_genuine=True)
    return Verdict(is_genuine=False, says="the secret in the header Authorization is another")


def shown(secret: bytes, content_type: str) -> dict[str, str]:
    """Return the headers of a delivery that shows a secret."""
    return {"authorization": f"Bearer {secret.decode()}", "content-type": content_type}
