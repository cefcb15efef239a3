"""Encrypted copies: they open with their password alone, everywhere, and show nothing before."""

from __future__ import annotations

import subprocess
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from reports import MANIFEST, SAID, pdf_of

from reportgen.deliver.copies import Mark, copy, encrypted, prepare
from reportgen.errors import DataError
from reportgen.render.proof import PasswordNeededError, look
from reportgen.secret import Secret

PASSWORD = "Füßе 密码 パス-2026"
MARK = Mark("株式会社髙島屋", "7f3a9c01d2e45b6a", "2026-01/7f3a9c01d2e4")


@cache
def plain() -> bytes:
    """A marked copy."""
    return copy(prepare(pdf_of("ja")), MARK)


@cache
def locked() -> bytes:
    """The same, encrypted."""
    return encrypted(plain(), Secret(PASSWORD))


def _with(*words: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(list(map(str, words)), capture_output=True, text=True, check=False)


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD[:-1], PASSWORD.lower(), "None"])
def test_no_other_password_opens_it(password: str) -> None:
    """Without the password, with an empty one or a wrong one, the file stays shut (S8)."""
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(BytesIO(locked()), password=password)


def test_three_readers_open_it_with_the_password(tmp_path: Path) -> None:
    """pikepdf, qpdf and poppler open it with the password, and only so (S8)."""
    path = tmp_path / "locked.pdf"
    path.write_bytes(locked())
    with pikepdf.open(path, password=PASSWORD) as pdf:
        assert len(pdf.pages) == 2
    assert _with("qpdf", "--check", path).returncode == 2
    assert _with("qpdf", "--check", f"--password={PASSWORD}", path).returncode == 0
    assert _with("pdftotext", path, "-").returncode != 0
    read = _with("pdftotext", "-upw", PASSWORD, path, "-")
    assert read.returncode == 0
    assert SAID["ja"][1][:4] in read.stdout
    assert MARK.reference in read.stdout


def test_it_is_aes_256_and_may_be_read_aloud() -> None:
    """Revision 6 with AES; reading, printing, copying and reading aloud are allowed, changes not.

    Who opens it is its reader: nobody knows the password of an owner.
    """
    with pikepdf.open(BytesIO(locked()), password=PASSWORD) as pdf:
        found = pdf.encryption
        assert (found.R, found.V, found.bits) == (6, 5, 256)
        assert found.stream_method.name == found.string_method.name == "aesv3"
        assert pdf.user_password_matched
        assert not pdf.owner_password_matched
        allowed = pdf.allow
    assert allowed.accessibility
    assert allowed.extract
    assert allowed.print_highres
    assert not any((allowed.modify_other, allowed.modify_assembly, allowed.modify_form))


def _unpacked() -> bytes:
    result = BytesIO()
    with pikepdf.open(BytesIO(plain())) as pdf:
        pdf.save(
            result,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
            compress_streams=False,
        )
    return result.getvalue()


def test_nothing_of_it_can_be_read_before() -> None:
    """Twenty known texts that stand in the copy are in no form in the encrypted file (S8).

    What stays open are the names of entries of the catalogue, and the identity of the file.
    """
    words = ("/Artifact", "/StructElem", "/ReportgenCopy", "manifest.json", "xmpmeta", "MCID")
    names = (
        "CopyFace0",
        "NotoSansCJKjp",
        "NotoSerifCJKjp",
        "FontDescriptor",
        "ToUnicode",
        "CIDSystemInfo",
    )
    texts = ("beginbfchar", "xmpMM:DocumentID", "WeasyPrint", "20260106", "CIDInit", "Alternate")
    said = (*SAID["ja"][:1], "/Figure", "/Filespec", "/ParentTree", "ReportgenCopy", MARK.code)
    open_to_all = _unpacked()
    known = [one for one in (*words, *names, *texts, *said) if any(_in(one, open_to_all))]
    assert len(known) >= 20
    for text in (*known, PASSWORD, MARK.organisation, MARK.reference):
        if text != MARK.code:  # the identity of the file stands outside, so that it can be traced
            assert not any(_in(text, locked())), text
    assert MANIFEST not in locked()
    assert locked().count(MARK.code.encode()) == 1


def _in(text: str, content: bytes) -> list[bytes]:
    wide = text.encode("utf-16-be")
    return [form for form in (text.encode(), wide, wide.hex().encode()) if form in content]


def test_nothing_is_lost_under_the_password() -> None:
    """Pages, stamp and manifest are those of the copy; the same words make other bytes again."""
    before, after = look(plain()), look(locked(), PASSWORD)
    assert after.pages == before.pages
    assert after.stamps == before.stamps
    assert after.manifest == MANIFEST
    assert encrypted(plain(), Secret(PASSWORD)) != locked()
    with pytest.raises(PasswordNeededError):
        look(locked())


@pytest.mark.parametrize(
    "password",
    [
        *("", "short 7", "x" * 128, "密" * 43),
        *("ｆｕｌｌｗｉｄｔｈ", "Zu\u0308rich 2026", "soft\u00adhyphen", "a\u00a0bcdefgh"),
        *("line\nbreak", "nul\0nul\0", "bidi\u202etext", "half \ud800 sign", "\u200bzero width"),
    ],
)
def test_a_password_that_may_not_work_everywhere_is_refused(password: str) -> None:
    """Too short, too long, or changed by readers that normalise: refused, and never shown."""
    with pytest.raises(DataError) as told:
        encrypted(plain(), Secret(password))
    assert not password or password not in told.value.message + told.value.hint


def test_what_is_encrypted_is_not_encrypted_again() -> None:
    """An encrypted file and one that is damaged are refused with a sentence."""
    with pytest.raises(DataError, match="already"):
        encrypted(locked(), Secret(PASSWORD))
    with pytest.raises(DataError, match="damaged"):
        encrypted(b"%PDF-1.7 no more", Secret(PASSWORD))
