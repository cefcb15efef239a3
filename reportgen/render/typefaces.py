"""Finding font faces: which file, and which face in it, carries an exact family, weight and style.

What fontconfig or a folder offers is only a list of candidates; a face counts when its own tables
name the family. Nothing is ever substituted.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import uharfbuzz as hb

from reportgen.errors import MissingInputError
from reportgen.secret import without_secrets

SUFFIXES = (".ttf", ".otf", ".ttc", ".otc")

# Where fonts lie on Debian, Ubuntu and macOS (Homebrew's casks install into the user's library).
KNOWN_FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("~/.local/share/fonts"),
    Path("~/.fonts"),
    Path("~/Library/Fonts"),
    Path("/Library/Fonts"),
)

_FAMILY, _POSTSCRIPT, _TYPOGRAPHIC_FAMILY = 1, 6, 16
_ITALIC_BIT = 1


@dataclass(frozen=True)
class Face:
    """One face of a font file.

    Attributes:
        family: the family as the file names it, for example "Noto Sans CJK SC".
        postscript: the PostScript name, for example "NotoSansCJKsc-Bold"; shown in the PDF.
        weight: 400 is regular, 700 bold; for a variable face the weight to cut it at.
        italic: whether the face slants.
        path: the file.
        index: the face's place in a collection, 0 in a single-face file.
        variable: whether the weight has to be pinned when the face is cut.
    """

    family: str
    postscript: str
    weight: int
    italic: bool
    path: Path
    index: int
    variable: bool = False

    def open(self) -> hb.Face:
        """The face, mapped from its file, not copied."""
        return hb.Face(hb.Blob.from_file_path(str(self.path)), self.index)


@dataclass(frozen=True)
class Family:
    """A family the report asks for.

    Attributes:
        names: accepted names, the preferred one first (the same design is sold under several).
        package: the Debian package that holds it, named when it is missing.
    """

    names: tuple[str, ...]
    package: str


def find_face(family: Family, weight: int, *, italic: bool, folder: Path | None = None) -> Face:
    """The face of exactly this family, weight and style.

    Args:
        family: what to look for.
        weight: 400 or 700.
        italic: whether a slanted face is wanted.
        folder: look only here, below it included; by default in the system's fonts.

    Raises:
        MissingInputError: naming the family, the style and the package.
    """
    for name in family.names:
        faces = list(_faces_named(name, folder))
        for face in faces:
            if face.weight == weight and face.italic == italic and not face.variable:
                return face
        for face in faces:
            if face.variable and face.italic == italic:
                return _pinned(face, weight)
    style = ("bold" if weight >= 600 else "regular") + (" italic" if italic else "")
    place = f"in the folder {folder}" if folder else "on this machine"
    raise MissingInputError(
        f"the font family {family.names[0]} ({style}) is not {place}",
        hint=f"install the package {family.package}, or name a folder that holds the fonts",
    )


def _pinned(face: Face, weight: int) -> Face:
    stem = face.postscript.split("-")[0]
    style = ("Bold" if weight >= 600 else "") + ("Italic" if face.italic else "")
    return Face(
        face.family,
        f"{stem}-{style or 'Regular'}",
        weight,
        face.italic,
        face.path,
        face.index,
        variable=True,
    )


def _faces_named(name: str, folder: Path | None) -> Iterator[Face]:
    wanted = _key(name)
    for path in _candidates(name, folder):
        for face in faces_in(path):
            if _key(face.family) == wanted:
                yield face


def _key(name: str) -> str:
    return name.replace(" ", "").casefold()


def _candidates(name: str, folder: Path | None) -> list[Path]:
    if folder is not None:
        if not folder.is_dir():
            raise MissingInputError(f"the font folder {folder} is not there")
        return _font_files((folder,), "")
    lister = shutil.which("fc-list")
    if lister is None:
        # Without fontconfig's tool only files named after the family are opened: reading the
        # names of every font of a machine takes seconds.
        return _font_files(KNOWN_FOLDERS, _key(name)[:9])
    listed = subprocess.run(
        [lister, "--format", "%{file}\n", f":family={name}"],
        check=True,
        capture_output=True,
        text=True,
        env=without_secrets(os.environ),
    )
    return [Path(line) for line in sorted(set(listed.stdout.splitlines()))]


def _font_files(folders: Iterable[Path], start: str) -> list[Path]:
    found = {
        path
        for folder in folders
        for path in folder.expanduser().rglob("*")
        if path.suffix.casefold() in SUFFIXES and _key(path.name).startswith(start)
    }
    return sorted(found)


def faces_in(path: Path) -> Iterator[Face]:
    """The faces of a font file, in the file's order; nothing when it is no font file."""
    blob = hb.Blob.from_file_path(str(path))
    for index in range(hb.Face(blob, 0).count):
        face = hb.Face(blob, index)
        if {"OS/2", "name"} <= set(face.table_tags):
            yield _described(face, path, index)


def _described(face: hb.Face, path: Path, index: int) -> Face:
    os2 = face.reference_table("OS/2").data
    (weight,) = struct.unpack_from(">H", os2, 4)
    (selection,) = struct.unpack_from(">H", os2, 62)
    return Face(
        family=face.get_name(_TYPOGRAPHIC_FAMILY) or face.get_name(_FAMILY) or "",
        postscript=face.get_name(_POSTSCRIPT) or path.stem,
        weight=weight,
        italic=bool(selection & _ITALIC_BIT),
        path=path,
        index=index,
        variable=any(axis.tag == "wght" for axis in face.axis_infos),
    )
