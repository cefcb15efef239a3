"""The site: made from the archive alone, whole, the same every time, and every link leads on."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit
from xml.etree import ElementTree as ET

import msgspec
import pytest
from atom import ATOM, faults
from click.testing import CliRunner
from conftest import Build
from shelves import CODES, HOSTILE, WORDS, archive, headlines_of, published

from reportgen import site
from reportgen.cli import main
from reportgen.config import Settings
from reportgen.config.publishing import Site
from reportgen.errors import CannotCreateError, DataError, MissingInputError
from reportgen.facts.headlines import Headline, Headlines
from reportgen.facts.quantity import Unit
from reportgen.site import figures, placing
from reportgen.site.addresses import Addresses
from reportgen.site.contents import passages
from reportgen.site.shelf import Volume, shelf

BASE = "https://research.example.com/nasdaq"
PUBLIC = msgspec.structs.replace(Settings(), site=Site(base_url=BASE))
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive and its site, made for a folder first and then for an address."""
    place = archive(tmp_path_factory.mktemp("output"))
    site.write(place, Settings())
    site.write(place, PUBLIC)
    return place


@pytest.fixture(scope="module")
def folder(output: Path) -> Path:
    """The site made for an address."""
    return (output / "site").resolve()


@pytest.fixture(scope="module")
def local(output: Path, folder: Path) -> Path:
    """The site made to be looked at in its folder."""
    (found,) = (one for one in (output / ".site").iterdir() if one != folder)
    return found


# -- links ----------------------------------------------------------------------------------


@dataclass
class _Seen:
    links: list[str]
    ids: set[str]
    attributes: list[tuple[str, str, str]]
    language: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen = _Seen([], set(), [])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.seen.attributes += [(tag, name, value) for name, value in values.items()]
        self.seen.links += [
            values[name] for name in ("href", "src", "data-shard") if name in values
        ]
        self.seen.ids |= {values["id"]} if "id" in values else set()
        if tag == "html":
            self.seen.language = values.get("lang", "")


def _read(page: Path) -> _Seen:
    reader = _Reader()
    reader.feed(page.read_text(encoding="utf-8"))
    return reader.seen


def _pages(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.rglob("*.html"))


def _dead(page: Path, folder: Path) -> Iterator[str]:
    for link in _read(page).links:
        path, anchor = urldefrag(link)
        if link.startswith("data:"):
            continue
        if path.startswith(BASE):
            target = folder / unquote(path.removeprefix(BASE)).lstrip("/")
        elif urlsplit(path).scheme or path.startswith("/"):
            yield link
            continue
        else:
            target = (page.parent / unquote(path)).resolve() if path else page
        target = target / "index.html" if target.is_dir() else target
        if not target.is_file() or (anchor and anchor not in _read(target).ids):
            yield link


@pytest.mark.parametrize("which", ["folder", "local"])
def test_every_link_leads_somewhere(which: str, request: pytest.FixtureRequest) -> None:
    """Pages, reports in other languages, index of the search: no link is dead, none leads out."""
    place = request.getfixturevalue(which)
    dead = {str(page.relative_to(place)): list(_dead(page, place)) for page in _pages(place)}
    assert {page: links for page, links in dead.items() if links} == {}
    assert len(dead) == 2 + 3 * (4 + 4) + 4 * 3  # root, 404; rooms and editions; reports


def test_the_files_of_an_edition_are_the_archives(output: Path, folder: Path) -> None:
    """Reports, manifest: byte for byte, under the names the archive gives them, open to readers."""
    for name in ("2025-10", "2025-11", "2025-11-r2", "2025-12"):
        found = sorted((folder / "editions" / name).iterdir())
        assert len(found) == 3 * 2 + 1
        for path in found:
            assert path.read_bytes() == (output / "editions" / name / path.name).read_bytes()
            assert path.stat().st_mode & 0o444 == 0o444


def test_inputs_and_figures_stay_in_the_archive(folder: Path) -> None:
    """Snapshots, house views, settings and assessments are nobody's to download."""
    names = {path.name for path in folder.rglob("*") if path.is_file()}
    assert names.isdisjoint({"assessment.json", "snapshot.json", "settings.json", "run.json"})


def test_languages_point_at_each_other(folder: Path) -> None:
    """A page names its address, itself in each language, and is in the language it says."""
    page = (folder / "ja" / "2025-12" / "index.html").read_text(encoding="utf-8")
    assert f'<link rel="canonical" href="{BASE}/ja/2025-12/">' in page
    for code, tag in (("zh", "zh-Hans"), ("ja", "ja"), ("en", "en")):
        assert f'<link rel="alternate" hreflang="{tag}" href="{BASE}/{code}/2025-12/">' in page
        assert _read(folder / code / "record" / "index.html").language == tag
    front = (folder / "en" / "index.html").read_text(encoding="utf-8")
    assert f'hreflang="x-default" href="{BASE}/"' in front


def test_an_edition_in_one_language_has_pages_in_that_language(tmp_path: Path) -> None:
    """An edition that was not written in a language has no page there, and its list says where."""
    published(tmp_path, "2025-10")
    published(tmp_path, "2025-11", languages=("en",))
    site.write(tmp_path, Settings())
    assert (tmp_path / "site" / "en" / "2025-11" / "index.html").is_file()
    assert not (tmp_path / "site" / "ja" / "2025-11").exists()
    front = tmp_path / "site" / "ja" / "index.html"
    assert "../en/2025-11/index.html" in _read(front).links
    assert list(_dead(front.resolve(), (tmp_path / "site").resolve())) == []


# -- what the pages say ---------------------------------------------------------------------


def _page(folder: Path, path: str) -> str:
    return (folder / path / "index.html").read_text(encoding="utf-8")


def test_a_page_opens_with_verdict_and_figures(folder: Path) -> None:
    """Verdict, probability, interval, base rate and the house's view stand on the first page."""
    page = re.sub(r"<[^>]+>", "", _page(folder, "en")).replace("\N{NO-BREAK SPACE}", " ")
    for said in (WORDS["en"][1], "51%", "47–66%", "base rate 53%", "house view 25–30%"):
        assert said in page, said


def test_a_superseded_edition_says_so(folder: Path) -> None:
    """The old edition leads to the one in its place; that one gives the reason and leads back."""
    old, new = _page(folder, "en/2025-11"), _page(folder, "en/2025-11-r2")
    assert "This edition has been superseded" in old
    assert 'href="../2025-11-r2/"' in old
    assert 'href="../2025-11/"' in new
    assert "superseded" in _page(folder, "en")
    assert "superseded" not in new


def test_what_the_archive_says_is_no_markup(folder: Path) -> None:
    """Tags, entities and template signs in a reason or a verdict are printed as they stand."""
    for path in ("en/2025-11-r2", "en/corrections", "en/2025-11", "ja/2025-11-r2"):
        page = _page(folder, path)
        assert "alert(" in page
        assert "<script>alert" not in page
        assert "{{ 7 * 7 }}" in page
    assert "&lt;2025-12&gt;" in _page(folder, "en")
    feed = ET.fromstring((folder / "en" / "feed.xml").read_bytes())
    assert any(HOSTILE in (one.text or "") for one in feed.iter(f"{ATOM}summary"))


def test_a_reason_without_a_translation_says_its_language(folder: Path) -> None:
    """The Japanese page prints the English reason, marked as English."""
    assert '<span lang="en">&lt;script&gt;' in _page(folder, "ja/corrections")
    assert '<span lang="en">' not in _page(folder, "zh/corrections")


def test_changes_are_those_of_the_printed_figures() -> None:
    """Who subtracts the two columns gets the third; ratings that stay are not told."""
    one, other = headlines_of("2025-10", _day(10), 0.214), headlines_of("2025-12", _day(12), 0.276)
    found = {change.after.code: change for change in figures.changes(one, other)}
    assert found["bear"].moved is not None
    assert (found["bear"].moved.value, found["bear"].moved.unit) == (7, Unit.PERCENTAGE_POINTS)
    assert found["close"].moved is not None
    assert found["close"].moved.value == pytest.approx(100 * (20_012 / 20_010 - 1))
    assert figures.ratings(one, other) == ()
    worse = msgspec.structs.replace(
        other,
        headlines=(Headline(code="risk_debt_limit", kind="grade", unit=Unit.RATIO, state="high"),),
    )
    (change,) = figures.ratings(one, worse)
    assert (change.before.state, change.after.state) == ("low", "high")


def test_an_event_that_holds_leaves_a_gap(folder: Path, output: Path) -> None:
    """In a bear market there is no probability of one: the line breaks, the table has a dash."""
    (track,) = (one for one in figures.tracks(_current(output)) if one.code == "bear")
    assert [point is None for point in track.points] == [False, True, False]
    assert "A dash: no probability was stated" in _page(folder, "en")


def _current(output: Path) -> tuple[Volume, ...]:
    return tuple(one for one in shelf(output) if not one.replaced_by)


def _day(month: int) -> date:
    return date(2025, month, 5)


# -- what a page may load -------------------------------------------------------------------


def test_a_page_loads_and_runs_nothing_but_its_own(folder: Path) -> None:
    """The policy names the very style and script; no handler, no style attribute, no frame."""
    for page in _pages(folder):
        if "editions" in page.parts:
            continue
        text, seen = page.read_text(encoding="utf-8"), _read(page)
        (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
        policy = policy.replace("&#39;", "'")
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "unsafe" not in policy
        inline = re.findall(r"<(?:style|script)>(.*?)</(?:style|script)>", text, re.S)
        for content in inline:
            digest = hashlib.sha256(content.encode()).digest()
            assert f"'sha256-{base64.b64encode(digest).decode()}'" in policy
        assert len(inline) == (2 if page.parent.name == "search" else 1)
        wrong = [one for one in seen.attributes if one[1].startswith("on") or one[1] == "style"]
        assert not wrong
        assert not {tag for tag, _, _ in seen.attributes} & {"iframe", "object", "embed", "base"}


# -- feeds and maps -------------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
def test_the_feed_keeps_to_its_rules(code: str, folder: Path) -> None:
    """RFC 4287, absolute addresses, and an entry for each edition, newest first."""
    feed = ET.fromstring((folder / code / "feed.xml").read_bytes())
    assert list(faults(feed)) == []
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 4
    links = [one.get("href", "") for one in feed.iter(f"{ATOM}link")]
    assert all(link.startswith(f"{BASE}/") for link in links)
    moments = {
        entry.findtext(f"{ATOM}id", "").split(":")[-1]: entry.findtext(f"{ATOM}updated")
        for entry in entries
    }
    # An edition counts as changed when another takes its place.
    assert moments[f"nasdaq-risk-assessment/2025-11/{code}"] == "2025-11-20T07:30:00Z"
    assert feed.findtext(f"{ATOM}updated") == "2025-12-06T07:30:00Z"


def test_names_in_the_feed_stay_when_the_site_moves(output: Path, folder: Path) -> None:
    """Under another path of the same host every id is what it was."""
    before = (folder / "en" / "feed.xml").read_text(encoding="utf-8")
    ids = re.findall(r"<id>(tag:research.example.com,[^<]*)</id>", before)
    moved = Addresses("https://research.example.com/elsewhere")
    told = shelf(output)[0]
    assert moved.tag(told.head.published, f"nasdaq-risk-assessment/{told.name}/en") in ids
    assert len(ids) == len(set(ids)) == 5


def test_the_map_holds_every_page_in_every_language(folder: Path) -> None:
    """Each page once, with its other languages, which name it in turn."""
    found = ET.fromstring((folder / "sitemap.xml").read_bytes())
    listed: dict[str, set[str]] = {}
    for url in found.findall(f"{MAP}url"):
        location = url.findtext(f"{MAP}loc", "")
        assert location not in listed
        listed[location] = {link.get("href", "") for link in url.findall(f"{XHTML}link")}
    pages = {
        f"{BASE}/{path.parent.relative_to(folder).as_posix()}/"
        for path in _pages(folder)
        if path.name == "index.html" and path.parent != folder
    }
    assert listed.keys() == pages
    for location, others in listed.items():
        assert location in others
        assert all(location in listed[other] for other in others - {f"{BASE}/"})
    assert f"Sitemap: {BASE}/sitemap.xml" in (folder / "robots.txt").read_text(encoding="utf-8")


def test_without_an_address_nothing_needs_one(local: Path) -> None:
    """A site for a folder has no feed and no map, and says what to set for them."""
    assert not list(local.rglob("*.xml"))
    assert site.left_out(Settings()) == ("site.base_url",)
    assert site.left_out(PUBLIC) == ()
    assert "://" not in (local / "en" / "index.html").read_text(encoding="utf-8").replace(
        "http://www.w3.org/", ""
    )


# -- the index of the search ----------------------------------------------------------------


def _shard(path: Path) -> Mapping[str, object]:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("reportgenShard({")
    found: Mapping[str, object] = json.loads(text.removeprefix("reportgenShard(").rstrip(");\n"))
    return found


def test_the_index_holds_every_section_under_its_anchor(folder: Path) -> None:
    """Heading and text of each section, without links, styles and the sections inside it."""
    found = _shard(folder / "zh" / "search" / "2025-11-r2.js")
    assert found["edition"] == "2025-11-r2"
    assert found["passages"] == [
        ["", "2025-11-r2", ""],
        ["liquidity", WORDS["zh"][0], f"{WORDS['zh'][1]} Behind the inner section"],
        ["reserves", "QT", "A bold 80% word"],
    ]


def test_the_index_reads_a_real_report(built: Build) -> None:
    """Anchors are ids of the report; its sections are there, its drawings and faces are not."""
    for code, word in (("zh", "流动性"), ("ja", "流動性"), ("en", "liquidity")):
        document = built.file(code, "html").read_text(encoding="utf-8")
        found = passages(document)
        anchors = [one.anchor for one in found if one.anchor]
        assert len(anchors) == len(set(anchors)) > 20
        assert all(f'id="{anchor}"' in document for anchor in anchors)
        assert sum(word in one.text for one in found) >= 3
        length = sum(len(one.text) for one in found)
        assert 20_000 < length < len(document) / 8


def test_loose_markup_does_not_lose_a_section() -> None:
    """Paragraphs nobody closed and sections without an id leave the others where they are."""
    found = passages(
        "<p>a<p>b<section id=x><h2>c</h2><li>d<td>1<span class=caption-number>9</span>"
        "<section><p>e</section>f</section>g"
    )
    assert [(one.anchor, one.heading, one.text) for one in found] == [
        ("", "", "a b g"),
        ("x", "c", "d 1 e f"),
    ]


# -- the folder -----------------------------------------------------------------------------


def test_the_same_archive_gives_the_same_site(tmp_path: Path) -> None:
    """Another folder, another moment: the same digest; once more is the same folder."""
    here, there = tmp_path / "here", tmp_path / "there"
    published(here, "2025-10", languages=("en",))
    shutil.copytree(here / "editions", there / "editions")
    site.write(here, PUBLIC)
    site.write(there, PUBLIC)
    assert site.digest(there) == site.digest(here) != ""
    inode = (there / "site").resolve().stat().st_ino
    site.write(there, PUBLIC)
    assert (there / "site").resolve().stat().st_ino == inode
    assert len(list((there / ".site").iterdir())) == 1


def _put(output: Path, text: str) -> Path:
    with placing.placing(output) as stage:
        stage.put("index.html", text.encode())
        stage.put("same.txt", b"same")
    return output / "site"


def test_two_sites_are_kept(tmp_path: Path) -> None:
    """The site and the one before it; what they share stands on the disk once."""
    places = [_put(tmp_path, text).resolve() for text in ("one", "two", "three")]
    assert [place.exists() for place in places] == [False, True, True]
    assert (tmp_path / "site").readlink().parts[0] == ".site"
    one, other = ((place / "same.txt").stat().st_ino for place in places[1:])
    assert one == other
    assert _put(tmp_path, "two").resolve() == places[1]
    assert places[2].exists()


def _half(output: Path) -> None:
    with placing.placing(output) as stage:
        stage.put("index.html", b"half")
        raise DataError("An edition is damaged.")


def test_a_site_that_fails_leaves_the_old_one(tmp_path: Path) -> None:
    """Whatever happens before the swap, the reader sees the site that was."""
    before = _put(tmp_path, "one").resolve()
    with pytest.raises(DataError):
        _half(tmp_path)
    assert (tmp_path / "site").resolve() == before
    assert [path.name for path in (tmp_path / ".site").iterdir()] == [before.name]


def test_what_a_killed_run_left_is_swept(tmp_path: Path) -> None:
    """Stages and links of processes that are gone vanish with the next site."""
    (tmp_path / ".site" / "new-999999999-x").mkdir(parents=True)
    (tmp_path / ".site-link-999999999").symlink_to("nowhere")
    _put(tmp_path, "one")
    assert len(list((tmp_path / ".site").iterdir())) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == [".site", "site"]


def test_a_damaged_build_is_not_taken_for_the_site(tmp_path: Path) -> None:
    """A folder of the right name with other bytes in it is passed over."""
    place = _put(tmp_path, "one").resolve()
    (place / "index.html").write_text("other")
    _put(tmp_path, "one")
    assert (tmp_path / "site" / "index.html").read_text() == "one"


def test_a_folder_in_its_place_is_not_removed(tmp_path: Path) -> None:
    """A real folder named site is somebody's own."""
    (tmp_path / "site").mkdir()
    with pytest.raises(CannotCreateError, match="is not a link"):
        _put(tmp_path, "one")


# -- damage ---------------------------------------------------------------------------------


def _open(path: Path) -> Path:
    path.parent.chmod(0o755)
    if path.exists():
        path.chmod(0o644)
    return path


def _lose_headlines(folder: Path) -> None:
    _open(folder / "headlines.json").unlink()


def _change_report(folder: Path) -> None:
    _open(folder / "nasdaq-risk-assessment-2025-11.en.pdf").write_bytes(b"another")


def _link_report(folder: Path) -> None:
    path = _open(folder / "nasdaq-risk-assessment-2025-11.en.pdf")
    path.unlink()
    path.symlink_to("/etc/hostname")


def _change_manifest(folder: Path) -> None:
    path = _open(folder / "manifest.json")
    path.write_bytes(path.read_bytes() + b"\n")


def _lose_manifest(folder: Path) -> None:
    _open(folder / "manifest.json").unlink()


@pytest.mark.parametrize(
    "damage", [_lose_headlines, _change_report, _link_report, _change_manifest, _lose_manifest]
)
def test_a_damaged_edition_is_named_and_the_site_stays(
    damage: object, output: Path, tmp_path: Path
) -> None:
    """A missing, changed or foreign file ends it with the edition's name; the old site is read."""
    assert callable(damage)
    place = tmp_path / "output"
    shutil.copytree(output / "editions", place / "editions", symlinks=True)
    before = _put(place, "old").resolve()
    damage(place / "editions" / "2025-11")
    if damage is _change_manifest:  # nothing later names the first of a month's two editions
        damage(place / "editions" / "2025-11-r2")
    with pytest.raises(DataError, match="2025-11") as caught:
        site.write(place, Settings())
    assert caught.value.hint
    assert caught.value.message.count("is damaged") < 2
    assert (place / "site").resolve() == before


def test_an_empty_archive_is_no_site(tmp_path: Path) -> None:
    """Without an edition there is nothing to show, and nothing is made."""
    with pytest.raises(MissingInputError, match="There is no edition"):
        site.write(tmp_path, Settings())
    assert list(tmp_path.iterdir()) == []


def test_headlines_of_a_later_version_are_read(output: Path) -> None:
    """What a later version adds, and a record it tells otherwise, takes nothing away."""
    from reportgen.site.track_record import record_of

    told = shelf(output)[0].headlines
    assert record_of(told) is not None
    other: Headlines = msgspec.structs.replace(told, record={"statements": "many"})
    assert record_of(other) is None


def test_the_command_makes_the_site(tmp_path: Path) -> None:
    """It tells place and digest as JSON; a damaged edition ends it with 65."""
    published(tmp_path, "2025-10", languages=("en",))
    runner = CliRunner()
    result = runner.invoke(main, ["site", "--output", str(tmp_path), "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["digest"] == (tmp_path / "site").resolve().name
    assert told["unset"] == ["site.base_url"]
    _lose_headlines(tmp_path / "editions" / "2025-10")
    result = runner.invoke(main, ["site", "--output", str(tmp_path)])
    assert result.exit_code == 65
    assert "2025-10" in result.stderr
