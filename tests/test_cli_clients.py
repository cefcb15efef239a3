"""``clients``: the address book as a person or a program uses it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reportgen.cli import main

LIST = """编号,公司,联系人,邮箱,语言,保护
acme,Acme 资本,王芳,wang@acme.cn,中文,mark
ufj,三菱ＵＦＪ銀行,田中,tanaka@mufg.co.jp,"ja,en",password
"""


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in."""
    monkeypatch.chdir(tmp_path)
    for name in ("REPORTGEN_PDF_PASSWORDS", "REPORTGEN_DELIVERY_KEY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def _run(*words: str, code: int = 0, given: str | bytes = "") -> Result:
    done = CliRunner().invoke(main, ["clients", *words], input=given)
    assert done.exit_code == code, done.output
    return done


def _ids() -> list[str]:
    return [one["id"] for one in json.loads(_run("list", "--json").stdout)]


def test_a_list_is_imported_shown_and_exported() -> None:
    """What was imported is listed with shortened addresses; its export changes nothing."""
    Path("list.csv").write_bytes(LIST.encode("gb18030"))
    said = _run("import", "list.csv").stdout
    assert "gb18030 (concluded" in said
    assert "2 added: acme, ufj" in said
    shown = _run("list").stdout
    assert "三菱ＵＦＪ銀行: 田中 <t***@m***.jp>" in shown
    assert "tanaka" not in shown
    assert "tanaka@mufg.co.jp" in _run("list", "--addresses").stdout
    _run("export", "out.csv")
    assert Path("out.csv").stat().st_mode & 0o777 == 0o600
    assert "2 as they were" in _run("import", "out.csv", "--replace").stdout
    assert _run("export", "-").stdout_bytes == Path("out.csv").read_bytes()


def test_a_bad_row_imports_nothing() -> None:
    """65 names every bad row by line and column, without addresses, and the book stays empty."""
    bad = LIST + "x!,X,,x@x.cn,zh,mark\ny,Y,,y@@y.cn,zh,lock\n"
    done = _run("import", "-", given=bad, code=65)
    assert "line 4: id:" in done.stderr
    assert "line 5: address:" in done.stderr
    assert "line 5: protection:" in done.stderr
    assert "2 rows are not as they must be; nothing was imported" in done.stderr
    assert "y@@y" not in done.output
    assert _ids() == []
    told = json.loads(_run("import", "-", "--json", given=bad, code=65).stdout)
    assert [(one["line"], one["column"]) for one in told["bad"]] == [
        *((4, "id"), (5, "address"), (5, "protection"))
    ]


def test_a_trial_changes_nothing() -> None:
    """--dry-run says what would be done, --replace what would go."""
    _run("import", "-", given=LIST)
    other = "id,organisation,address,languages\nacme,Acme,w@acme.cn,en\nnew,New,n@n.cn,zh\n"
    told = json.loads(_run("import", "-", "--dry-run", "--replace", "--json", given=other).stdout)
    assert (told["added"], told["changed"], told["removed"]) == (["new"], ["acme"], ["ufj"])
    assert told["dry_run"] is True
    assert _ids() == ["acme", "ufj"]


@pytest.mark.parametrize(
    ("words", "given", "code"),
    [
        (("import", "missing.csv"), "", 66),
        (("import", "-"), "", 65),
        (("import", "-"), "id,organisation,address,languages\n", 65),
        (("import", "-"), "PK\0\0", 65),
        (("import", "-", "--encoding", "klingon"), LIST, 64),
        (("import", "-", "--ignore", "Fax"), LIST, 64),
        (("remove", "nobody"), "", 66),
        (("export", "no/such/folder.csv"), "", 73),
        (("export", "."), "", 73),
        (("export", "/dev/stdout"), "", 73),
        (("suppress", "no address", "--by", "me"), "", 64),
        (("suppress", "a@b.cn", "--by", "me", "--reason", "dislike"), "", 64),
        (("suppress", "a@b.cn", "--by", "me", "--lift"), "", 64),
        (("suppress", "a@b.cn", "--by", "me", "--lift", "--note", "x"), "", 66),
    ],
)
def test_what_goes_wrong_has_its_exit_code(words: tuple[str, ...], given: str, code: int) -> None:
    """One sentence and a documented code, never a traceback."""
    done = _run(*words, given=given, code=code)
    assert done.stderr.startswith("reportgen: ")


def test_a_client_is_added_once_and_changed_on_request() -> None:
    """Every field from the command line; the same id again needs --replace."""
    words = ("add", "Zurich", "--organisation", "Zürich-Bank", "--language", "en")
    people = ("--contact", "Jörg <j@zb.ch>", "--contact", "b@zb.ch")
    _run(*words, *people, "--protection", "mark", "--from", "2026-01-05", "--house")
    (client,) = json.loads(_run("list", "--json", "--addresses").stdout)
    assert client == {
        "id": "zurich",
        "organisation": "Zürich-Bank",
        "contacts": [{"name": "Jörg", "address": "j@zb.ch"}, {"name": "", "address": "b@zb.ch"}],
        "languages": ["en"],
        "formats": ["pdf"],
        "protection": "mark",
        "active_from": "2026-01-05",
        "active_to": None,
        "house": True,
    }
    assert "--replace" in _run(*words, "--contact", "c@zb.ch", code=64).stderr
    _run(*words, "--contact", "c@zb.ch", "--replace")
    (client,) = json.loads(_run("list", "--json").stdout)
    assert client["contacts"] == [{"name": "", "address": "c***@z***.ch"}]
    wrong = _run("add", "../x", *words[2:], "--contact", "j@zb.ch", code=64).stderr
    assert wrong.startswith("reportgen: id: ")


def test_an_address_is_suppressed_and_let_in_again() -> None:
    """With who did it and why; the list shows no address whole, and keeps what was lifted."""
    _run("import", "-", given=LIST)
    _run("suppress", "wang@ACME.cn", "--by", "Li Na", "--note", "Left.", "--reason", "complaint")
    told = json.loads(_run("check", "--json", code=65).stdout)["findings"]
    assert {"client": "acme", "kind": "no_contact", "detail": "", "hinders": True} in told
    assert _run("suppressed").stdout.startswith("w***@a***.cn")
    _run("suppress", "wang@acme.cn", "--lift", "--by", "Li Na", "--note", "Is back.")
    assert _run("suppressed").stdout == "No address is suppressed.\n"
    (kept,) = json.loads(_run("suppressed", "--all", "--json").stdout)
    assert (kept["reason"], kept["lifted_by"], kept["lifted_why"]) == (
        "complaint",
        "Li Na",
        "Is back.",
    )


def test_the_check_names_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """65 while a client's mail cannot go out, 0 when it can; no password is ever shown."""
    _run("import", "-", given=LIST)
    assert "! ufj " in _run("check", code=65).stdout
    monkeypatch.setenv("REPORTGEN_PDF_PASSWORDS", "ufj correct-horse\n")
    said = _run("check").output
    assert "2 clients; nothing stands in the way of their mail." in said
    assert "horse" not in said


def test_the_other_machine_needs_the_same_key(desk: Path) -> None:
    """Without the key the suppression list was kept with, nobody is looked up: 78."""
    _run("suppress", "a@b.cn", "--by", "me")
    (desk / "output" / "delivery.key").unlink()
    assert "backup" in _run("check", code=78).stderr
