"""Files of finished mailings go after their time; nothing a mailing needs is ever touched."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from plans import NOW, Office, client_of, office_in
from sqlalchemy import update

from reportgen.deliver.tables import mailing
from reportgen.deliver.tidying import tidy


def _aged(office: Office) -> int:
    """Let two days pass over every file of the outbox; return how many there are."""
    files = [one for one in (office.output / "outbox").glob("??/*") if one.is_file()]
    for one in files:
        os.utime(one, (NOW.timestamp() - 2 * 86_400,) * 2)
    return len(files)


def _planned(tmp_path: Path) -> Office:
    office = office_in(tmp_path)
    office.clients(client_of("acme", protection="mark"), client_of("beta"))
    office.plan()
    return office


def test_what_a_mailing_needs_stays(tmp_path: Path) -> None:
    """A planned mailing keeps its files however old they are."""
    office = _planned(tmp_path)
    assert _aged(office) >= 3
    assert tidy(office.desk).files == 0
    assert office.messages()


def test_a_finished_one_loses_its_files_after_its_days(tmp_path: Path) -> None:
    """Within ``outbox_days`` of its end they stay, after them they go; the ledger stays."""
    office = _planned(tmp_path)
    count = _aged(office)
    office.sent()
    with office.database.writing() as connection:
        connection.execute(update(mailing).values(ended_at=NOW))
    later = replace(office.desk, now=NOW + timedelta(days=89))
    assert tidy(later).files == 0
    over = replace(office.desk, now=NOW + timedelta(days=91))
    assert tidy(over, dry_run=True).files == count
    assert tidy(over).files == count
    assert len(office.rows()) == 2


def test_what_a_plan_left_that_was_replaced_goes(tmp_path: Path) -> None:
    """Copies nobody refers to go after a day."""
    office = _planned(tmp_path)
    office.clients(client_of("beta"))
    office.plan()
    _aged(office)
    assert tidy(office.desk).files == 1
    assert office.messages()
