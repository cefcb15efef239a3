"""``deliver plan``, ``preview``, ``test`` and ``approve`` as a person or a program uses them."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from plans import CHEAP, NOW, Office, client_of, edition_of, office_in

from reportgen.cli import main, planning_desk
from reportgen.config import Settings
from reportgen.config.report import Build
from reportgen.deliver import dispatching
from reportgen.deliver.database import open_database
from reportgen.deliver.planning import craft
from reportgen.deliver.sending.worker import Crew

CONFIG = """[smtp]
host = "localhost"
port = 1
tls = "none"
[delivery]
sender = "news@house-firm.cn"
"""


@pytest.fixture(autouse=True)
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with an edition of January 2026 and one client."""
    for name in ("REPORTGEN_PDF_PASSWORDS", "REPORTGEN_DELIVERY_KEY", "REPORTGEN_HEARTBEAT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(craft, "craft_of", lambda settings: CHEAP)
    monkeypatch.setattr(dispatching, "Crew", partial(Crew, backoff=(0.0,)))
    for module in ("deliver", "planning_desk"):
        monkeypatch.setattr(sys.modules[f"reportgen.cli.{module}"], "now", lambda: NOW)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reportgen.toml").write_text(CONFIG)
    office = office_in(tmp_path / "output")
    office.clients(client_of("acme"))
    office.database.close()
    return tmp_path


def _run(*words: str, code: int = 0) -> Result:
    done = CliRunner().invoke(main, ["deliver", *words])
    assert done.exit_code == code, done.output
    return done


def test_from_the_plan_to_the_approval(house: Path) -> None:
    """Plan, look, approve; the newest edition and mailing are meant where none is named."""
    said = _run("plan", "--by", "Li Na").stdout
    assert "Planned 2026-01 (edition): 1 planned" in said
    assert "Nothing was sent" in said
    assert "nothing has changed" in _run("plan").stdout
    assert "1 of 1 messages" in _run("preview").stdout
    assert (house / "output" / "previews" / "2026-01" / "index.html").is_file()
    assert "approved by Li Na" in _run("approve", "--by", "Li Na").stdout
    told = json.loads(_run("approve", "--by", "Wang", "--json").stdout)
    assert (told["holds"], told["approved_by"]) == (True, ["Li Na", "Wang"])


def test_without_approval_nothing_is_sent(house: Path) -> None:
    """77, before a connection is tried; likewise when something changed since (D18)."""
    _run("plan")
    assert "is not approved" in _run("send", "2026-01", code=77).stderr
    _run("approve", "--by", "Li Na")
    config = house / "reportgen.toml"
    config.write_text(CONFIG + 'sender_name = "B"\n')
    assert "the configuration" in _run("send", "2026-01", code=77).stderr
    assert "the configuration" in _run("approve", "--by", "Li Na", code=77).stderr


def test_a_late_edition_needs_a_word(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """65 with all that is wrong, and what to say when it is meant (D16)."""
    monkeypatch.setattr(planning_desk, "now", lambda: NOW.replace(month=3))
    done = _run("plan", "2026-01", code=65)
    assert "60 days ago" in done.stderr
    assert "--allow late" in done.stderr
    _run("plan", "2026-01", "--late-ok")
    assert _run("plan", "2026-01", "--allow", "late", "--json").exit_code == 0


def test_a_test_is_a_mailing_of_its_own(house: Path) -> None:
    """To an address of the house, under a name that says what it is."""
    done = _run("test", "--to", "me@house-firm.cn", "--lang", "ja", "--only-plan", "--json")
    assert json.loads(done.stdout)["name"] == "test-2026-01-1"
    done = _run("test", "--to", "me@house-firm.cn", "--lang", "en", code=69)  # nobody listens
    assert "test-2026-01-2" in done.stderr
    done = _run("test", "--to", "someone@elsewhere.cn", code=64)
    assert "someone" not in done.stderr
    _run("test", "--to", "me@house-firm.cn", "--client", "nobody", code=66)


def test_what_is_not_there_is_66(house: Path) -> None:
    """An edition, a mailing, a client nobody knows."""
    _run("plan", "2025-12", code=66)
    _run("approve", "2025-12", "--by", "Li Na", code=66)
    _run("preview", code=66)
    _run("plan")
    _run("preview", "--client", "beta", code=66)
    edition_of(house / "output", "2026-02")
    assert _run("plan", "2026-01", "--json").exit_code == 0


def test_newcomers_have_a_mailing_of_their_own(house: Path) -> None:
    """66 before the edition's own has begun; then a plan, or a word that nobody is new."""
    assert "Plan it as usual" in _run("plan", "--newcomers", code=66).stderr
    _run("plan")
    _run("plan", "2026-01", "--newcomers", code=66)
    settings = Settings(build=Build(output=str(house / "output")))
    office = Office(house / "output", open_database(settings, {}), settings)
    office.sent()
    assert "Nobody is new to edition 2026-01" in _run("plan", "2026-01", "--newcomers").stdout
    assert json.loads(_run("plan", "--newcomers", "--json").stdout)["name"] is None
    office.clients(client_of("acme"), client_of("beta"))
    office.database.close()
    assert "Planned 2026-01+1 (supplement): 1 planned" in _run("plan", "--newcomers").stdout
    _run("preview", "2026-01+1")
    assert (house / "output" / "previews" / "2026-01+1" / "index.html").is_file()
    assert "2026-01+1 is not approved" in _run("send", "2026-01+1", code=77).stderr
    assert "2026-01+1 is approved" in _run("approve", "--by", "Li Na").stdout
    assert "2026-01+1 (supplement of 2026-01)" in _run("status").stdout
    assert "--newcomers" in _run("plan", "2026-01+1", code=64).stderr
    _run("plan", "--newcomers", "--everybody", code=64)
