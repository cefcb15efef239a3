"""The address book: addresses, fields, the book itself, passwords, suppression, findings."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from reportgen.cli.telling_clients import FINDINGS
from reportgen.config import Settings
from reportgen.deliver.clients import book, suppression
from reportgen.deliver.clients.address import is_test, masked, parse
from reportgen.deliver.clients.checks import Fields, FieldsError, client_of
from reportgen.deliver.clients.client import Client, Contact
from reportgen.deliver.clients.inspection import inspect, terms_of
from reportgen.deliver.clients.passwords import passwords
from reportgen.deliver.database import Database, sqlite
from reportgen.deliver.keys import Key
from reportgen.deliver.tables import metadata
from reportgen.errors import ConfigError, MissingInputError, UsageError
from reportgen.secret import Secret

NOW = datetime(2025, 12, 9, 12, tzinfo=UTC)
DAY = NOW.date()
KEY = Key(Secret("k" * 64))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A new database."""
    made = sqlite(tmp_path / "delivery.sqlite")
    metadata.create_all(made.engine)
    yield made
    made.close()


def _client(identity: str = "acme", **fields: object) -> Client:
    given = {
        "organisation": "Acme Capital",
        "contacts": (Contact("王芳", f"wang@{identity}.cn"),),
        "languages": ("zh",),
        **fields,
    }
    return Client(id=identity, **given)  # type: ignore[arg-type]


# -- addresses ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("wang@bank.cn", "wang@bank.cn"),
        ("Wang.Li+nasdaq@Bank.CN", "Wang.Li+nasdaq@bank.cn"),
        ("o'hara/desk=7@bank.co.jp", "o'hara/desk=7@bank.co.jp"),
        ("info@例子.中国", "info@xn--fsqu00a.xn--fiqs8s"),
        ("info@MÜNCHEN.de", "info@xn--mnchen-3ya.de"),
        ("a@xn--fsqu00a.xn--fiqs8s", "a@xn--fsqu00a.xn--fiqs8s"),
    ],
)
def test_an_address_is_kept_and_its_domain_in_ascii(given: str, found: str) -> None:
    """The mailbox stays as written; the domain is in small letters, as RFC 5890 writes it.

    The A-labels of 例子.中国 are those of IANA's root zone and of its test of 2007.
    """
    assert parse(given) == found
    assert parse(found) == found


@pytest.mark.parametrize(
    "given",
    [
        *(
            "",
            "@",
            "a",
            "a@b",
            "a@b@c.cn",
            "a b@c.cn",
            " a@c.cn",
            "a@c.cn ",
            "a@c.cn\n",
            "<a@c.cn>",
        ),
        *("a@c.cn\r\nBcc: x@y.cn", "a@c.cn,x@y.cn", "a@c.cn;x@y.cn", "Wang <a@c.cn>", '"a b"@c.cn'),
        *(".a@c.cn", "a.@c.cn", "a..b@c.cn", "a@.cn", "a@c..cn", "a@c.cn.", "a@-c.cn", "a@c-.cn"),
        *("a@c_d.cn", "a@[1.2.3.4]", "a@1.2.3.4", "a@xn--zz--.cn", "a@c.c\0n", "a\0@c.cn"),
        *("=?utf-8?q?a?=@c.cn", "a%b@c.cn", "b!a@c.cn", "é@c.cn", "王@c.cn", "a＠c.cn", "ａ@c.cn"),
        *("a@\u202ec.cn", "a\u200b@c.cn", "a@exa\u00admple.cn", "a\u2028@c.cn", "\ud800@c.cn"),
        *("x" * 65 + "@c.cn", "a@" + "b" * 64 + ".cn", "a@" + ".".join(["b" * 60] * 5)),
    ],
)
def test_an_unusual_address_is_refused_without_being_told(given: str) -> None:
    """Nothing is repaired, and the sentence does not hold the address."""
    with pytest.raises(UsageError) as problem:
        parse(given)
    assert not given or len(given) < 3 or given not in problem.value.message


def test_letters_before_the_at_need_smtputf8() -> None:
    """王@例子.中国 is an address only where the relay is said to take it; its form is composed."""
    assert parse("王@例子.中国", smtputf8=True) == "王@xn--fsqu00a.xn--fiqs8s"
    for given in ("e\u0301@c.cn", "a\u202eb@c.cn", "王 芳@c.cn"):
        with pytest.raises(UsageError):
            parse(given, smtputf8=True)


def test_an_address_is_shown_by_three_signs() -> None:
    """First letters and the country are all that is shown."""
    assert masked("wang.fang@example.com.cn") == "w***@e***.cn"


def test_addresses_of_nobody_are_known() -> None:
    """RFC 2606 and RFC 6761 name domains that are never anybody's."""
    for given in ("example.com", "mail.example.cn", "example.co.jp", "x.test", "pc.local"):
        assert is_test(f"a@{given}")
    for given in ("example.bank.cn", "examples.cn", "test.com", "contest.co.jp"):
        assert not is_test(f"example@{given}")


# -- fields -------------------------------------------------------------------------------------


def _fields(**changed: object) -> Fields:
    given = {
        "id": "acme",
        "organisation": "三菱ＵＦＪ 株式会社",
        "contacts": (("Γιώργος", "g@bank.cn"),),
        "languages": ("zh",),
        **changed,
    }
    return Fields(**given)  # type: ignore[arg-type]


def test_names_stay_as_they_are_written() -> None:
    """Full-width letters, joiners and any script stay; spaces around a name go."""
    names = ("三菱ＵＦＪ 株式会社", "Zürich-Bank", "شركة", "O'Neil & Söhne <AG>", "क्‍ष", "{{7*7}}")
    for one in names:
        assert client_of(_fields(organisation=f" {one}\u3000")).organisation == one


@pytest.mark.parametrize(
    "text",
    [
        *("", "  ", "a\nb", "a\rb", "a\tb", "a\0b", "a\x1b[31mb", "a\x85b", "a\u2028b", "a\u2029b"),
        *("a\u202eb", "a\u2066b", "a\u200fb", "a\u061cb", "a\u200bb", "a\ufeffb", "a\u00adb"),
        *("=?utf-8?b?YQ==?=", "a\ud800b", "a\ue000b", "a\uffffb", "a\ufffdb", "a" * 201),
    ],
)
def test_a_name_that_cannot_be_printed_is_refused(text: str) -> None:
    """Controls, turns of direction, lone halves and encoded words are told, not repaired."""
    with pytest.raises(FieldsError) as problem:
        client_of(_fields(organisation=text))
    assert [one.field for one in problem.value.problems] == ["organisation"]


def test_every_wrong_field_is_told_at_once() -> None:
    """One refusal names each field, in sentences without the address; it travels whole."""
    with pytest.raises(FieldsError) as problem:
        client_of(
            Fields("../a", "", (("\0", "wang"),), ("fr",), ("doc",), "lock", "2026-02-30", "x", "?")
        )
    fields = {one.field for one in problem.value.problems}
    assert fields == {
        *("id", "organisation", "contact", "address", "languages", "formats"),
        *("protection", "active_from", "active_to", "house"),
    }
    assert "wang" not in problem.value.message
    assert pickle.loads(pickle.dumps(problem.value)).problems == problem.value.problems


def test_what_people_write_for_codes_is_understood() -> None:
    """Languages by code, tag or name, days as Excel writes them in China and Japan."""
    found = client_of(
        _fields(
            id=" ACME ",
            languages=("日本語", "ZH-CN", "English", "zh"),
            formats=("HTML", "pdf"),
            protection="Mark",
            active_from="2026/1/5",
            active_to="2026年12月31日",
            house="是",
        )
    )
    assert found.id == "acme"
    assert found.languages == ("ja", "zh", "en")
    assert found.formats == ("pdf", "html")
    assert (found.protection, found.house) == ("mark", True)
    assert (found.active_from, found.active_to) == (date(2026, 1, 5), date(2026, 12, 31))


def test_a_day_that_could_be_two_is_refused() -> None:
    """3/4/2026 is March or April by who wrote it; an end before the beginning is no time."""
    for changed in ({"active_from": "3/4/2026"}, {"active_from": "26-03-04"}):
        with pytest.raises(FieldsError):
            client_of(_fields(**changed))
    with pytest.raises(FieldsError, match="before"):
        client_of(_fields(active_from="2026-02-01", active_to="2026-01-31"))


def test_a_contact_is_there_once() -> None:
    """The same address twice is one contact, and an error where the names differ."""
    twice = (("Li", "li@bank.cn"), ("Li", "li@bank.cn"))
    assert client_of(_fields(contacts=twice)).contacts == (Contact("Li", "li@bank.cn"),)
    with pytest.raises(FieldsError, match="twice"):
        client_of(_fields(contacts=(("Li", "li@bank.cn"), ("Wang", "LI@bank.cn"))))


# -- the book -----------------------------------------------------------------------------------


def test_the_book_gives_back_what_was_put_in(database: Database) -> None:
    """Every field, in every script, by id."""
    clients = (
        _client("zebra", protection="password", active_from=DAY, house=True),
        _client(
            "acme",
            organisation="三菱ＵＦＪ 'x'; --",
            contacts=(Contact("", "b@a.cn"), Contact("王", "a@a.cn")),
            languages=("ja", "zh"),
            formats=("pdf", "html"),
            active_to=DAY,
        ),
    )
    done = book.put_all(database, clients, replace=False, now=NOW)
    assert [one.id for one in done.added] == ["acme", "zebra"]
    assert book.all(database) == (clients[1], clients[0])
    assert book.find(database, "zebra") == clients[0]


def test_a_list_changes_and_leaves_clients(database: Database) -> None:
    """Told apart: added, changed, unchanged; who is not in it goes only where that is wished."""
    book.put_all(database, [_client("a"), _client("b"), _client("c")], replace=False, now=NOW)
    new = [_client("b", organisation="Other"), _client("c"), _client("d")]
    for removed, replaces in (((), False), (("a",), True)):
        planned = book.difference(database, new, replace=replaces)
        assert [one.id for one in planned.added] == ["d"]
        assert [one.id for one in planned.changed] == ["b"]
        assert (planned.unchanged, planned.removed) == (1, removed)
    assert book.put_all(database, new, replace=True, now=NOW) == planned
    assert [one.id for one in book.all(database)] == ["b", "c", "d"]
    assert book.put_all(database, new, replace=True, now=NOW).unchanged == 3


def test_what_a_list_says_nothing_of_stays(database: Database) -> None:
    """Without a column for protection nobody loses theirs; a new client has the defaults."""
    old = _client("a", protection="password", house=True, formats=("html",))
    book.put(database, old, NOW)
    new = [_client("a", organisation="New", contacts=(Contact("", "wang@a.cn"),)), _client("b")]
    omitted = ("contact", "formats", "protection", "house")
    book.put_all(database, new, replace=False, now=NOW, omitted=omitted)
    kept = book.find(database, "a")
    assert (kept.organisation, kept.protection, kept.house) == ("New", "password", True)
    assert kept.contacts == old.contacts
    assert book.find(database, "b").protection == "none"


def test_a_list_is_put_in_whole_or_not_at_all(database: Database) -> None:
    """A client the tables refuse leaves the book as it was."""
    book.put(database, _client("a"), NOW)
    bad = _client("c", protection="glue")
    with pytest.raises(Exception, match="constraint"):
        book.put_all(database, [_client("b"), bad], replace=True, now=NOW)
    assert [one.id for one in book.all(database)] == ["a"]


def test_a_client_is_removed_with_its_contacts(database: Database) -> None:
    """Nothing of it stays in the book; who is not there is named with the nearest."""
    book.put(database, _client("acme"), NOW)
    with pytest.raises(MissingInputError) as problem:
        book.remove(database, "acne")
    assert "acme" in problem.value.hint
    book.remove(database, "acme")
    assert book.all(database) == ()
    book.put(database, _client("acme"), NOW)  # its contacts are not in the way


# -- suppression --------------------------------------------------------------------------------


def test_a_suppressed_address_is_found_and_not_kept(database: Database, tmp_path: Path) -> None:
    """Found in any case of letters; the list itself holds no address."""
    address = "Somebody.Unusual@bank.cn"
    suppression.suppress(database, KEY, address, "hard_bounce", "550 5.1.1", "bounces", NOW)
    found = suppression.find(database, KEY, address.lower())
    assert found is not None
    assert (found.reason, found.masked, found.at) == ("hard_bounce", "S***@b***.cn", NOW)
    assert suppression.find(database, KEY, "other@bank.cn") is None
    database.close()
    for file in tmp_path.iterdir():
        assert b"somebody.unusual" not in file.read_bytes().lower()


def test_the_gravest_reason_is_told_and_lifting_lifts_all(database: Database) -> None:
    """The same reason is there once; what was lifted stays as history with who and why."""
    for reason in ("hard_bounce", "complaint", "hard_bounce"):
        suppression.suppress(database, KEY, "a@b.cn", reason, "", "me", NOW)
    found = suppression.among(database, KEY, ["a@b.cn", "c@d.cn"])
    assert {one: two.reason for one, two in found.items()} == {"a@b.cn": "complaint"}
    assert suppression.lift(database, KEY, "a@b.cn", "Li Na", "Asked for it.", NOW) == 2
    assert suppression.find(database, KEY, "a@b.cn") is None
    assert suppression.listed(database) == ()
    history = suppression.listed(database, lifted=True)
    assert [(one.lifted_by, one.lifted_why) for one in history] == [("Li Na", "Asked for it.")] * 2
    with pytest.raises(MissingInputError):
        suppression.lift(database, KEY, "a@b.cn", "Li Na", "Again.", NOW)


def test_who_does_it_is_always_known(database: Database) -> None:
    """No entry without a name, no lifting without a reason, no reason of one's own making."""
    with pytest.raises(UsageError):
        suppression.suppress(database, KEY, "a@b.cn", "operator", "", " ", NOW)
    with pytest.raises(UsageError):
        suppression.suppress(database, KEY, "a@b.cn", "dislike", "", "me", NOW)
    with pytest.raises(UsageError):
        suppression.lift(database, KEY, "a@b.cn", "me", "", NOW)


def test_the_words_of_a_server_are_plain_when_shown(database: Database) -> None:
    """Escapes of a terminal and line ends do not survive; a long answer is cut."""
    said = "550 no\r\n\x1b[2Jsuch\u202e user " + "x" * 9_000
    found = suppression.suppress(database, KEY, "a@b.cn", "hard_bounce", said, "bounces", NOW)
    assert found.detail.startswith("550 no [2Jsuch user xx")
    assert len(found.detail) == 500


def test_another_key_is_refused(database: Database) -> None:
    """With a lost key those who unsubscribed would be mailed again: nothing is looked up."""
    other = Key(Secret("l" * 64))
    assert suppression.find(database, other, "a@b.cn") is None  # nobody is on the list yet
    suppression.suppress(database, KEY, "a@b.cn", "unsubscribed", "", "client", NOW)
    for doing in (suppression.find, suppression.among):
        with pytest.raises(ConfigError, match="key"):
            doing(database, other, "a@b.cn")


# -- passwords ----------------------------------------------------------------------------------


def test_passwords_are_read_and_never_shown() -> None:
    """A line a client; notes and empty lines are none; a password may hold spaces, any script."""
    text = "# agreed by telephone\n\nacme correct horse 电池\nb\tstaple-staple\n"
    found = passwords({"REPORTGEN_PDF_PASSWORDS": text})
    assert {one: two.reveal() for one, two in found.items()} == {
        "acme": "correct horse 电池",
        "b": "staple-staple",
    }
    assert "horse" not in repr(found)
    assert passwords({}) == {}


@pytest.mark.parametrize(
    "line", ["acme", "acme short", "ACME longenough", "a/b longenough", "acme " + "x" * 128, "b b"]
)
def test_a_bad_password_is_named_by_its_line(line: str) -> None:
    """Neither the password nor the line is in the sentence."""
    with pytest.raises(ConfigError) as problem:
        passwords({"REPORTGEN_PDF_PASSWORDS": f"c good-enough\n{line}"})
    assert "line 2" in problem.value.message
    assert line not in problem.value.message
    twice = {"REPORTGEN_PDF_PASSWORDS": "c good-enough\nc good-enough"}
    with pytest.raises(ConfigError, match="already"):
        passwords(twice)


# -- findings -----------------------------------------------------------------------------------


def _found(clients: list[Client], database: Database, **changed: object) -> set[tuple[str, str]]:
    terms = replace(terms_of(Settings(), (), DAY), **changed)  # type: ignore[arg-type]
    addresses = {one.address for client in clients for one in client.contacts}
    known = suppression.among(database, KEY, addresses)
    return {(one.client, one.kind) for one in inspect(clients, terms, known)}


def test_every_problem_is_found(database: Database) -> None:
    """Each kind of trouble that can be told, at the client that has it."""
    suppression.suppress(database, KEY, "gone@x.cn", "hard_bounce", "", "bounces", NOW)
    clients = [
        _client("ok"),
        _client("over", active_to=date(2025, 12, 8), protection="link", languages=("ko",)),
        _client("heir", contacts=(Contact("", "wang@over.cn"),)),
        _client("early", active_from=date(2025, 12, 10)),
        _client("gone", contacts=(Contact("", "gone@x.cn"),)),
        _client("half", contacts=(Contact("", "gone@x.cn"), Contact("", "here@x.cn"))),
        _client("trial", contacts=(Contact("", "a@example.com"),)),
        _client("twin", contacts=(Contact("", "TWIN@x.cn"),)),
        _client("twin2", contacts=(Contact("", "twin@x.cn"),)),
        _client("korean", languages=("ko", "zh")),
        _client("locked", protection="password"),
        _client("paged", protection="password", formats=("html",)),
        _client("linked", protection="link"),
        _client("form", organisation="{{company}}"),
    ]
    published = {"formats": ("pdf",), "passwords": frozenset({"paged"})}
    found = _found(clients, database, **published)
    assert {kind for _, kind in found} == set(FINDINGS) - {"empty", "unused_password"}
    assert found == {
        ("", "no_house_copy"),
        *(("over", "inactive"), ("early", "inactive")),
        *(("gone", "no_contact"), ("gone", "suppressed"), ("half", "suppressed")),
        *(("gone", "shared_address"), ("half", "shared_address")),
        *(("trial", "test_domain"), ("twin", "shared_address"), ("twin2", "shared_address")),
        *(("korean", "language_not_published"), ("locked", "no_password")),
        *(("paged", "page_without_password"), ("paged", "format_not_published")),
        *(("linked", "no_links_url"), ("form", "looks_unfilled")),
    }


def test_a_sound_book_has_no_findings(database: Database) -> None:
    """With what the terms ask for there is nothing to tell; an empty book is told."""
    clients = [
        _client("house", house=True),
        _client("locked", protection="password"),
        _client("linked", protection="link", formats=("html",)),
        _client("same", contacts=(Contact("", "wang@linked.cn"),)),
    ]
    terms = {"links": True, "shared": True, "passwords": frozenset({"locked"})}
    assert _found(clients, database, **terms) == set()
    assert _found([], database, **terms) == {("", "empty"), ("locked", "unused_password")}
