"""Mails for tests: heads and letters with everything in them, and readers that others wrote."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from reportgen.deliver.message.letter import File, Head, Letter
from reportgen.deliver.outbox import Outbox

TOKEN = "7f3a9c01" * 5
MOMENT = datetime(2026, 1, 5, 7, 30, 15, 250_000, tzinfo=timezone(timedelta(hours=8)))
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(255, -1, -1)) * 4


def head(**changes: Any) -> Head:
    """Return a head with every field, some of them changed."""
    values: dict[str, Any] = {
        "sender_name": "风险研究所",
        "sender": "news@house.example",
        "to": "wang@client.example",
        "reply_to": "answers@house.example",
        "date": MOMENT,
        "message_id": f"<rg1.{TOKEN}@house.example>",
        "token": TOKEN,
        "language": "zh",
        "feedback_id": "2026-01:edition:reportgen",
        "unsubscribe_url": "https://house.example/unsubscribe/" + "ab" * 16,
        "unsubscribe_mail": "leave@house.example?subject=" + "ab" * 16,
    }
    return Head(**{**values, **changes})


def letter(outbox: Outbox, **changes: Any) -> Letter:
    """Return a letter with a picture and two reports, some of it changed."""
    values: dict[str, Any] = {
        "subject": "纳斯达克风险评估 2026年1月",
        "text": "王先生：\n\n本月的结论是“偏高”。\n",
        "html": '<html lang="zh"><body><p>偏高</p><img src="cid:chart" alt=""></body></html>',
        "pictures": (File("chart.png", "image/png", outbox.put(PNG), "chart"),),
        "attachments": (
            File(
                "纳斯达克风险评估 2026年1月.pdf", "application/pdf", outbox.put(PDF), shared=False
            ),
            File("assessment.zh.html", "text/html", outbox.put(b"<p>\xe5\x81\x8f</p>")),
        ),
    }
    return Letter(**{**values, **changes})


@dataclass(frozen=True)
class Read:
    """What a reader found in a message.

    Args:
        sender_name, sender, subject: decoded.
        to, cc, bcc: all addresses found.
        fields: names of the header's fields, in lower case, in order; empty where the reader
            does not tell.
        files: names of the attached files.
        contents: bytes of the attached files.
        texts: plain text and page.
    """

    sender_name: str
    sender: str
    subject: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]
    fields: tuple[str, ...]
    files: tuple[str, ...]
    contents: tuple[bytes, ...] = field(default=(), repr=False)
    texts: tuple[str, ...] = ()


def read_by_python(raw: bytes) -> Read:
    """Read a message with the standard library.

    The name in From is decoded by the older of its two readers: the newer one puts a space
    between two encoded words of a name, which RFC 2047 says are to be joined.
    """
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert not [part for part in message.walk() if part.defects]
    sender = message["From"].addresses[0].addr_spec
    older = message_from_bytes(raw)
    written = older["From"].replace("\r\n", "").removesuffix(f" <{sender}>")
    named = written[1:-1].replace(r"\"", '"').replace(r"\\", "\\")
    sender_name = named if written[0] == '"' else str(make_header(decode_header(written)))
    files = tuple(message.iter_attachments())
    return Read(
        sender_name,
        sender,
        str(make_header(decode_header(older["Subject"].replace("\r\n", "")))),
        to=_addresses(message, "To"),
        cc=_addresses(message, "Cc"),
        bcc=_addresses(message, "Bcc"),
        fields=tuple(name.lower() for name in message),
        files=tuple(part.get_filename("") for part in files),
        contents=tuple(_octets(part) for part in files),
        texts=tuple(
            part.get_content()
            for part in message.walk()
            if part.get_content_maintype() == "text" and not part.get_filename()
        ),
    )


def _octets(part: EmailMessage) -> bytes:
    found = part.get_payload(decode=True)
    assert isinstance(found, bytes)
    return found


def _addresses(message: EmailMessage, name: str) -> tuple[str, ...]:
    return tuple(one.addr_spec for header in message.get_all(name, ()) for one in header.addresses)


FOREIGN = {
    "Email::MIME": ("perl", "email-mime.pl"),
    "MIME::Parser": ("perl", "mime-parser.pl"),
    "postal-mime": ("node", "postal-mime.cjs"),
    "mailparser": ("node", "mailparser.cjs"),
}
"""Readers in other languages: the interpreter and our script for each."""
SCRIPTS = Path(__file__).parent / "readers"


def missing(reader: str) -> str:
    """Return why a reader cannot be asked here; empty if it can."""
    program, script = FOREIGN[reader]
    if shutil.which(program) is None:
        return f"{program} is not installed"
    asked = subprocess.run([program, SCRIPTS / script], capture_output=True, check=False, input=b"")
    return f"{reader} is not installed" if asked.returncode else ""


def read_by(reader: str, folder: Path, messages: list[bytes]) -> list[Read]:
    """Read messages with a reader in another language, all in one process."""
    program, script = FOREIGN[reader]
    paths = []
    for number, raw in enumerate(messages):
        paths.append(folder / f"{number:05}.eml")
        paths[-1].write_bytes(raw)
    told = subprocess.run(
        [program, SCRIPTS / script],
        input="".join(f"{path}\n" for path in paths).encode(),
        capture_output=True,
        check=True,
        env=dict(os.environ),
    )
    return [
        Read(**{name: _frozen(value) for name, value in json.loads(line).items()})
        for line in told.stdout.decode().splitlines()
    ]


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
