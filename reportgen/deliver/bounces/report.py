"""Reports mail servers send in a form made for programs: RFC 3464, RFC 6533 and RFC 5965."""

from __future__ import annotations

import re

from reportgen.deliver.bounces import mime
from reportgen.deliver.bounces.notice import Kind, Notice

_ACTIONS: dict[str, Kind] = {
    "failed": "failed",
    "delayed": "delayed",
    "delivered": "delivered",
    "relayed": "relayed",
    "expanded": "relayed",
}
_BY_CLASS: dict[str, Kind] = {"5": "failed", "4": "delayed", "2": "delivered"}
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_TYPE = re.compile(r"^\s*[A-Za-z][\w.-]*\s*;\s*")
_NO_COMPLAINTS = ("not-spam", "auth-failure")

Fields = dict[str, str]


def of_delivery(parts: tuple[mime.Mail, ...]) -> Notice | None:
    """Return what a delivery status notification says; ``None`` where there is none.

    Of several recipients, who are those a list had at the other end, the failed one counts.
    """
    for part in parts:
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
            blocks = _blocks(mime.content(part))
            found = [_of_recipient(one) for one in blocks if _is_recipient(one)]
            for kind in ("failed", "delayed", "delivered", "relayed"):
                for one in found:
                    if one is not None and one.kind == kind:
                        return one
    return None


def of_feedback(parts: tuple[mime.Mail, ...]) -> Notice | None:
    """Return the complaint in a feedback report; ``None`` where there is none."""
    for part in parts:
        if part.get_content_type() == "message/feedback-report":
            fields = {
                name: text for one in _blocks(mime.content(part)) for name, text in one.items()
            }
            kind = fields.get("feedback-type", "abuse").lower()
            if kind not in _NO_COMPLAINTS:
                return Notice("complaint", words=mime.line(f"feedback: {kind}"))
    return None


def status_in(text: str) -> str:
    """Return the first status code in a text; empty without one."""
    found = _STATUS.search(text)
    return found[0] if found else ""


def _is_recipient(fields: Fields) -> bool:
    return any(one in fields for one in ("action", "status", "final-recipient"))


def _of_recipient(fields: Fields) -> Notice | None:
    status = status_in(fields.get("status", ""))
    words = _TYPE.sub("", fields.get("diagnostic-code", ""))
    kind = _ACTIONS.get(fields.get("action", "").lower().split(" ")[0])
    kind = kind or _BY_CLASS.get((status or status_in(words))[:1])
    if kind is None:
        return None
    return Notice(kind, _finer(status, status_in(words)), mime.line(words))


def _finer(status: str, other: str) -> str:
    """Return the code that says more: many servers report 5.0.0 and name the reason in words."""
    vague = not status or status.endswith(".0")
    return other if vague and other[:1] == (status or other)[:1] and other else status


def _blocks(text: str) -> list[Fields]:
    """Return groups of fields, each ended by an empty line; names in lower case."""
    groups: list[Fields] = [{}]
    name = ""
    for row in text.splitlines()[:2_000]:
        if not row.strip():
            groups.append({})
            name = ""
        elif row[0] in " \t" and name:
            groups[-1][name] += " " + row.strip()
        else:
            left, colon, right = row.partition(":")
            name = left.strip().lower() if colon else ""
            if name:
                groups[-1].setdefault(name, right.strip())
    return [one for one in groups if one]
