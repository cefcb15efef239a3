"""What the publishers sent, kept: raw bytes by sha256, and the last good answers of a series.

Everything is written beside its place and renamed into it, so that two gatherings at once, or one
that is killed, never leave a half-written file where another would read it.
"""

from __future__ import annotations

import errno
import gzip
import hashlib
import os
import tempfile
import time
import zlib
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Protocol, TypeVar

import msgspec

from reportgen.errors import CannotCreateError, DiskError

_T = TypeVar("_T", bound=msgspec.Struct)

DRAFT = ".part-"
ABANDONED = 86_400.0
"""Seconds after which a draft belongs to a run that was killed; no write takes a day."""

Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


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
    retrieved: Moment
    sha256: Sha256
    etag: str = ""
    last_modified: str = ""


class Good(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answers that last held a series of an endpoint and passed every check.

    Args:
        source: name of the source.
        endpoint: what the source calls the series.
        reach: last day observed in them.
        answers: page by page.
    """

    source: str
    endpoint: str
    reach: date
    answers: Annotated[tuple[Kept, ...], msgspec.Meta(min_length=1)]


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
        if self.body_of(kept.sha256) is None:  # not there, or damaged
            packed = gzip.compress(answer.body, 6, mtime=0)
            self._write(self._body_path(kept.sha256), packed)
        self._write(self._answer_path(kept.url), _encoded(kept))

    def forget(self, url: str) -> None:
        """Ask for an address anew next time: what came from it could not be used.

        A mark of a version says nothing of a body that a proxy cut on the way.
        """
        try:
            self._answer_path(url).unlink(missing_ok=True)
        except OSError as problem:
            raise self._cannot(problem) from None

    # -- the last good answer of an endpoint --------------------------------------------------

    def good(self, source: str, endpoint: str) -> Good | None:
        """Return the answers that last passed every check, or ``None``."""
        return self._read(self._good_path(source, endpoint), Good)

    def mark_good(self, source: str, endpoint: str, reach: date, answers: Sequence[Kept]) -> None:
        """Remember that these answers, kept before, passed every check.

        Answers that reach further stay: a gathering for an earlier day takes nothing away.

        Args:
            source: name of the source.
            endpoint: what the source calls the series.
            reach: last day observed in the answers.
            answers: page by page.
        """
        before = self.good(source, endpoint)
        if before is not None and before.reach > reach and self.bodies(before) is not None:
            return
        entry = Good(source=source, endpoint=endpoint, reach=reach, answers=tuple(answers))
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

    def sweep(self) -> None:
        """Remove the drafts of runs that were killed; those of the last day may be in use."""
        for draft in self.folder.rglob(f"{DRAFT}*"):
            try:
                if time.time() - draft.stat().st_mtime > ABANDONED:
                    draft.unlink()
            except OSError:  # another run has removed it, or will
                continue

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
            handle, draft = tempfile.mkstemp(prefix=DRAFT, dir=path.parent)
        except OSError as problem:
            raise self._cannot(problem) from None
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
            Path(draft).replace(path)
        except OSError as problem:
            Path(draft).unlink(missing_ok=True)
            raise DiskError(f"{path}: writing failed ({problem.strerror}).") from None

    def _cannot(self, problem: OSError) -> CannotCreateError | DiskError:
        """Name a file that cannot be begun: the folder refuses, or the disk is full."""
        if problem.errno in (errno.ENOSPC, errno.EDQUOT):
            return DiskError(f"{self.folder}: writing failed ({problem.strerror}).")
        return CannotCreateError(f"{self.folder}: cannot be written to ({problem.strerror}).")

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
