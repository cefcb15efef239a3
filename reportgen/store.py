"""What the publishers sent, kept: raw bytes by sha256, and the last good answers of a series.

Everything is written beside its place and renamed into it, so that two gatherings at once, or one
that is killed, never leave a half-written file where another would read it.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import tempfile
import zlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

from reportgen.errors import CannotCreateError, DiskError

_T = TypeVar("_T", bound=msgspec.Struct)


class Kept(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One answer in the store.

    Args:
        url: the address asked, without secrets.
        status: HTTP status.
        retrieved: when it came; aware.
        sha256: of the body.
        etag: the publisher's mark of this version; empty for none.
        last_modified: the publisher's date of this version; empty for none.
    """

    url: str
    status: int
    retrieved: datetime
    sha256: str
    etag: str = ""
    last_modified: str = ""


class Good(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answers that last held a series of an endpoint and passed every check."""

    source: str
    endpoint: str
    answers: tuple[Kept, ...]


class Sent(Protocol):
    """An answer as the door gives it."""

    @property
    def url(self) -> str:
        """The address asked, without secrets."""
        ...

    @property
    def status(self) -> int:
        """HTTP status."""
        ...

    @property
    def retrieved(self) -> datetime:
        """When it came; aware."""
        ...

    @property
    def body(self) -> bytes:
        """The bytes."""
        ...

    @property
    def sha256(self) -> str:
        """The sha256 of the body."""
        ...


class Store:
    """A folder of answers.

    Args:
        folder: created when something is first kept.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    # -- answers by address -------------------------------------------------------------------

    def validators(self, url: str) -> tuple[str, str] | None:
        """Return etag and last-modified of the answer kept for an address, if its body is there."""
        kept = self._kept(url)
        if kept is None or not (kept.etag or kept.last_modified):
            return None
        return (kept.etag, kept.last_modified) if self.body_of(kept.sha256) is not None else None

    def body(self, url: str) -> bytes | None:
        """Return the body kept for an address."""
        kept = self._kept(url)
        return None if kept is None else self.body_of(kept.sha256)

    def keep(self, answer: Sent, etag: str, last_modified: str) -> None:
        """Keep an answer and its body.

        Raises:
            CannotCreateError: the folder cannot be written to.
            DiskError: the disk is full.
        """
        kept = Kept(
            url=answer.url,
            status=answer.status,
            retrieved=answer.retrieved,
            sha256=answer.sha256,
            etag=etag,
            last_modified=last_modified,
        )
        path = self._body_path(kept.sha256)
        if not path.is_file():
            self._write(path, gzip.compress(answer.body, 6, mtime=0))
        self._write(self._answer_path(kept.url), _encoded(kept))

    # -- the last good answer of an endpoint --------------------------------------------------

    def good(self, source: str, endpoint: str) -> Good | None:
        """Return the answers that last passed every check, or ``None``."""
        return self._read(self._good_path(source, endpoint), Good)

    def mark_good(self, source: str, endpoint: str, answers: Sequence[Kept]) -> None:
        """Remember that these answers, kept before, passed every check."""
        entry = Good(source=source, endpoint=endpoint, answers=tuple(answers))
        self._write(self._good_path(source, endpoint), _encoded(entry))

    def bodies(self, good: Good) -> tuple[bytes, ...] | None:
        """Return the bodies of those answers; ``None`` when one is gone or was changed."""
        found = [self.body_of(kept.sha256) for kept in good.answers]
        whole = tuple(body for body in found if body is not None)
        return whole if len(whole) == len(found) else None

    # -- files --------------------------------------------------------------------------------

    def body_of(self, sha256: str) -> bytes | None:
        """Return a body by its sha256; ``None`` when it is not there or is not what it was."""
        try:
            body = gzip.decompress(self._body_path(sha256).read_bytes())
        except (OSError, EOFError, zlib.error):
            return None
        return body if hashlib.sha256(body).hexdigest() == sha256 else None

    def _kept(self, url: str) -> Kept | None:
        return self._read(self._answer_path(url), Kept)

    def _read(self, path: Path, kind: type[_T]) -> _T | None:
        try:
            return msgspec.json.decode(path.read_bytes(), type=kind)
        except (OSError, msgspec.DecodeError):
            return None

    def _write(self, path: Path, content: bytes) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, draft = tempfile.mkstemp(prefix=".part-", dir=path.parent)
        except OSError as problem:
            raise CannotCreateError(
                f"{self.folder}: cannot be written to ({problem.strerror})."
            ) from None
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
            Path(draft).replace(path)
        except OSError as problem:
            Path(draft).unlink(missing_ok=True)
            raise DiskError(f"{path}: writing failed ({problem.strerror}).") from None

    def _body_path(self, sha256: str) -> Path:
        return self.folder / "bodies" / sha256[:2] / f"{sha256}.gz"

    def _answer_path(self, url: str) -> Path:
        return self.folder / "answers" / f"{_name(url)}.json"

    def _good_path(self, source: str, endpoint: str) -> Path:
        return self.folder / "good" / source / f"{_name(endpoint)}.json"


def _name(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _encoded(entry: msgspec.Struct) -> bytes:
    return msgspec.json.format(msgspec.json.encode(entry), indent=1) + b"\n"
