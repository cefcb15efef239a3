"""The sections of ``reportgen.toml`` for publishing: when, where to, who is told."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Address = Annotated[str, msgspec.Meta(pattern=r"^([^\s@<>()]+@[^\s@<>()]+)?$")]


class Schedule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When an edition is due.

    Args:
        trading_day: the nth trading day of the month; negative counts from its end.
        time: hour of publication in the house's zone, ``HH:MM``.
        timezone: the house's zone, by its name in the time zone database.
        calendar: the exchange whose trading days count, by its market code (ISO 10383).
        holidays: a file of days on which nothing is published, ``YYYY-MM-DD`` a line; they count
            as no trading days. Empty for none.
        late_days: days after which an edition that did not come out is no longer made unasked.
        patience_hours: hours for which the figures are waited for before anybody is alarmed.
    """

    trading_day: Annotated[int, msgspec.Meta(ge=-10, le=15)] = 2
    time: Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "07:30"
    timezone: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_+/-]+$")] = "Asia/Shanghai"
    calendar: Annotated[str, msgspec.Meta(pattern=r"^[A-Z0-9]{4}$")] = "XNYS"
    holidays: str = ""
    late_days: Annotated[int, msgspec.Meta(ge=0, le=60)] = 10
    patience_hours: Annotated[float, msgspec.Meta(ge=0, le=240)] = 6.0


class Site(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the site will be read.

    Args:
        base_url: the address of its front page, for feeds, the sitemap and language links; empty
            for a site that is only looked at in its folder.
    """

    base_url: Annotated[str, msgspec.Meta(pattern=r"^(https?://[^\s?#@]+)?$")] = ""


class Signing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which signatures of editions are trusted; the secret key is ``REPORTGEN_SIGNING_KEY``.

    Args:
        public_keys: lines as ``minisign -G`` prints them. With one here every edition has to be
            signed; a key that is no longer used stays for the editions signed with it.
    """

    public_keys: tuple[Annotated[str, msgspec.Meta(pattern=r"^RW[A-Za-z0-9+/]{54}$")], ...] = ()


class Operator(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who looks after the publishing machine.

    Args:
        mail: address that is told of failures, rehearsals and triggers; empty for nobody.
        language: language of the report attached to a rehearsal's mail.
    """

    mail: Address = ""
    language: Annotated[str, msgspec.Meta(min_length=1)] = "en"


class Smtp(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The relay that takes the mail; its password comes from ``REPORTGEN_SMTP_PASSWORD``.

    Args:
        host: name or address; empty for no mail.
        port: 587 with STARTTLS, 465 with TLS from the first byte.
        tls: ``starttls``, ``implicit``, or ``none`` for a relay on this machine.
        allow_plaintext: whether ``none`` may be said of a relay on another machine; no password
            is sent to one all the same.
        ca_file: certificates to trust besides the system's, for a relay with the house's own.
        user: name to log in with; empty for no login.
        sender: address in From and in the envelope.
        max_message_bytes: largest message the relay takes.
    """

    host: str = ""
    port: Annotated[int, msgspec.Meta(ge=1, le=65_535)] = 587
    tls: Literal["starttls", "implicit", "none"] = "starttls"
    allow_plaintext: bool = False
    ca_file: str = ""
    user: str = ""
    sender: Address = ""
    max_message_bytes: Annotated[int, msgspec.Meta(ge=100_000, le=1_000_000_000)] = 20_000_000


class Heartbeat(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a watchdog is told; its address is a secret, ``REPORTGEN_HEARTBEAT_URL``.

    Args:
        timeout: seconds to wait for it; whether it answers never changes a run's result.
    """

    timeout: Annotated[float, msgspec.Meta(gt=0, le=30)] = 5.0


class Retention(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long is kept what can be made or fetched again; editions and the ledger stay for ever.

    Args:
        cache_days: finished pages and assessments not used for that long.
        drafts_days: drafts and rehearsals.
        snapshots_days: snapshots no edition was made from; editions hold their own.
        runs_days: run reports and logs.
    """

    cache_days: Annotated[int, msgspec.Meta(ge=1, le=3_650)] = 90
    drafts_days: Annotated[int, msgspec.Meta(ge=1, le=3_650)] = 180
    snapshots_days: Annotated[int, msgspec.Meta(ge=1, le=3_650)] = 400
    runs_days: Annotated[int, msgspec.Meta(ge=1, le=3_650)] = 400
