"""What a page of the site may load and run: its own style and script, named by their sha256."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode

PLACE = "content-security-policy"
"""Where the template wants the policy; only the finished page knows it."""

_INLINE = re.compile(r"<(style|script)>(.*?)</\1>", re.S)


def secured(page: str) -> str:
    """Return a page with its policy in the place kept for it.

    The policy allows the very styles and scripts the page holds, and what such a script loads;
    no address outside, no attribute that is code, no frame, no form sent anywhere.
    """
    allowed: dict[str, list[str]] = {"style": [], "script": []}
    for kind, text in _INLINE.findall(page):
        allowed[kind].append(_hash_of(text))
    return page.replace(PLACE, policy(allowed["style"], allowed["script"]), 1)


def policy(styles: list[str], scripts: list[str]) -> str:
    """Return a Content-Security-Policy for these hashes."""
    style = " ".join(styles) or "'none'"
    script = f"{' '.join(scripts)} 'strict-dynamic'" if scripts else "'none'"
    return (
        f"default-src 'none'; style-src {style}; script-src {script}; img-src data:;"
        " base-uri 'none'; form-action 'none'"
    )


def _hash_of(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
