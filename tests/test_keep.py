"""Pages are kept by everything they were made from."""

from __future__ import annotations

from pathlib import Path

from reportgen.render.keep import ENTRIES, key_of, put, take


def test_another_input_is_another_key(tmp_path: Path) -> None:
    """Content and fonts both count; the same of both gives the same key."""
    font = tmp_path / "face.otf"
    font.write_bytes(b"one")
    key = key_of(b"figures", [font])
    assert key == key_of(b"figures", [font])
    assert key != key_of(b"other figures", [font])
    font.write_bytes(b"another face")
    assert key != key_of(b"figures", [font])


def test_what_was_kept_comes_back_whole(tmp_path: Path) -> None:
    """Files in folders too; nothing comes back where nothing was kept."""
    source, target = tmp_path / "source", tmp_path / "target"
    (source / "charts").mkdir(parents=True)
    (source / "report.pdf").write_bytes(b"pages")
    (source / "charts" / "index.zh.svg").write_bytes(b"<svg/>")
    kept = tmp_path / "cache" / "pages-1"
    assert not take(kept, target)
    put(kept, source, ["report.pdf", "charts/index.zh.svg"])
    assert take(kept, target)
    assert (target / "report.pdf").read_bytes() == b"pages"
    assert (target / "charts/index.zh.svg").read_bytes() == b"<svg/>"


def test_a_half_kept_entry_does_not_stand(tmp_path: Path) -> None:
    """When a file cannot be copied, nothing is kept, and nobody is told."""
    put(tmp_path / "cache" / "pages-1", tmp_path, ["missing.pdf"])
    assert not list((tmp_path / "cache").glob("pages-*"))


def test_old_entries_make_room(tmp_path: Path) -> None:
    """The cache does not grow for ever."""
    (tmp_path / "report.pdf").write_bytes(b"pages")
    for number in range(ENTRIES + 3):
        put(tmp_path / "cache" / f"pages-{number}", tmp_path, ["report.pdf"])
    assert len(list((tmp_path / "cache").iterdir())) == ENTRIES
