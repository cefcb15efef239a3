"""A Postfix of the test's own on this machine: its own configuration, queue, log and port.

    with postfix.running(tmp_path) as relay:
        relay.settings()      # the [smtp] section with which it is reached
        relay.settled()       # until its queue is empty
        relay.messages()      # what was delivered, oldest first
        relay.log             # its log, as reconcile reads it

It takes mail for every address without a login and delivers it to one maildir. What the domains
below stand for is done to their recipients instead.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from relays import Certificate

from reportgen.config.publishing import Smtp

GONE = "gone.example"
"""Taken, then returned with 5.1.1."""

FULL = "full.example"
"""Taken, then returned with 5.2.2."""

POLICY = "policy.example"
"""Taken, then returned with 5.7.1."""

LATER = "later.example"
"""Taken and kept in the queue."""

REFUSED = "refused.example"
"""Refused with 550 5.1.1 when the recipient is named."""

BUSY = "busy.example"
"""Refused with 450 4.2.1 when the recipient is named."""

TRANSPORTS = f"""\
{GONE} error:5.1.1 No such user here
{FULL} error:5.2.2 Mailbox full
{POLICY} error:5.7.1 Content rejected
{LATER} retry:4.4.1 Not now
"""
ACCESS = f"""\
{REFUSED} 550 5.1.1 No such user here
{BUSY} 450 4.2.1 Mailbox busy
"""
MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {log}
maillog_file_prefixes = {folder}
myhostname = relay.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
disable_dns_lookups = yes
smtpd_peername_lookup = no
alias_maps =
alias_database =
transport_maps = texthash:{folder}/etc/transports
virtual_transport = {transport}
virtual_mailbox_domains = static:all
virtual_mailbox_maps = static:all/
virtual_mailbox_base = {folder}/mail
virtual_mailbox_limit = 0
virtual_minimum_uid = 1
virtual_uid_maps = static:{user}
virtual_gid_maps = static:{user}
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions = check_recipient_access texthash:{folder}/etc/access
smtpd_reject_unlisted_recipient = no
smtpd_error_sleep_time = 0
smtpd_client_connection_count_limit = 0
in_flow_delay = 0
message_size_limit = {size_limit}
mailbox_size_limit = 0
"""
TLS = """\
smtpd_tls_security_level = may
smtpd_tls_cert_file = {certificate.path}
smtpd_tls_key_file = {certificate.key}
"""
MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass
class Postfix:
    """A running Postfix.

    Args:
        folder: of its own.
        port: on which it listens, on 127.0.0.1.
        log: its log.
    """

    folder: Path
    port: int
    log: Path

    def settings(self, **changed: Any) -> Smtp:
        """Return the settings with which it is reached."""
        usual = {
            "host": "127.0.0.1",
            "port": self.port,
            "tls": "none",
            "sender": "reports@house.example",
        }
        return Smtp(**{**usual, **changed})

    def start(self) -> None:
        """Start it, and wait until it answers."""
        _command(self.folder, "start")
        end = time.monotonic() + 30
        while not _answers(self.port):
            if time.monotonic() > end:
                raise AssertionError(f"Postfix does not answer: {self.log.read_text()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop it, and wait until it is gone; what is in its queue stays there."""
        subprocess.run(["postfix", "-c", self.folder / "etc", "stop"], capture_output=True)
        end = time.monotonic() + 30
        while _answers(self.port) and time.monotonic() < end:
            time.sleep(0.02)

    def settled(self, seconds: float = 60) -> None:
        """Wait until nothing is on its way through the queue; what waits for later may stay."""
        end = time.monotonic() + seconds
        while any(self._on_the_way()):
            if time.monotonic() > end:
                raise AssertionError(f"Postfix is not done after {seconds} s")
            time.sleep(0.02)
        time.sleep(0.1)  # its log is written by another process

    def messages(self) -> tuple[bytes, ...]:
        """Return what was delivered, oldest first, with the lines Postfix puts on top."""
        found = (self.folder / "mail" / "all" / "new").glob("*")
        return tuple(one.read_bytes() for one in sorted(found, key=_moment))

    def _on_the_way(self) -> Iterator[str]:
        """Return the files of the queue that are being worked on."""
        for name in ("maildrop", "incoming", "active"):
            for _, _, files in os.walk(self.folder / "queue" / name):
                yield from files


@contextmanager
def running(
    folder: Path,
    *,
    size_limit: int = 20_000_000,
    keep: bool = True,
    certificate: Certificate | None = None,
    settings: Mapping[str, str] | None = None,
) -> Iterator[Postfix]:
    """Run a Postfix; the test is skipped where that is not possible.

    Args:
        folder: where its log stays, as ``mail.log``; its own folder is elsewhere, because its
            users may not enter one of pytest's.
        size_limit: bytes of the largest message.
        keep: whether messages are delivered to the maildir rather than thrown away.
        certificate: for STARTTLS; ``None`` for none.
        settings: further lines of ``main.cf``.
    """
    for program in ("postfix", "postconf"):
        if shutil.which(program) is None:
            pytest.skip("Postfix is not installed")
    if os.geteuid() != 0:
        pytest.skip("Postfix is started by root only")
    own = Path(tempfile.mkdtemp(prefix="postfix-"))
    relay = Postfix(own, _free_port(), own / "mail.log")
    try:
        _lay_out(relay, size_limit, certificate, settings or {}, keep=keep)
        try:
            relay.start()
            yield relay
        finally:
            relay.stop()
            if relay.log.exists():
                shutil.copy(relay.log, folder / "mail.log")
    finally:
        shutil.rmtree(own, ignore_errors=True)


def _lay_out(
    relay: Postfix,
    size_limit: int,
    certificate: Certificate | None,
    settings: Mapping[str, str],
    *,
    keep: bool,
) -> None:
    """Write its configuration and make its folders."""
    own, nobody = relay.folder, pwd.getpwnam("nobody")
    own.chmod(0o711)
    for name in ("etc", "queue", "data", "mail"):
        (own / name).mkdir(mode=0o755)
    shutil.chown(own / "data", "postfix")
    shutil.chown(own / "mail", nobody.pw_uid)
    text = MAIN.format(
        folder=own,
        log=relay.log,
        size_limit=size_limit,
        transport="virtual" if keep else "discard:",
        user=nobody.pw_uid,
    )
    text += TLS.format(certificate=certificate) if certificate else ""
    text += "".join(f"{name} = {value}\n" for name, value in settings.items())
    (own / "etc" / "main.cf").write_text(text)
    (own / "etc" / "master.cf").write_text(MASTER.format(port=relay.port))
    (own / "etc" / "transports").write_text(TRANSPORTS)
    (own / "etc" / "access").write_text(ACCESS)


def _command(folder: Path, command: str) -> None:
    """Give Postfix a command; it says why it cannot be carried out."""
    words = ["postfix", "-c", str(folder / "etc"), command]
    done = subprocess.run(words, capture_output=True, text=True)
    log = folder / "mail.log"
    said = done.stderr + (log.read_text() if log.exists() else "")
    assert done.returncode == 0, f"postfix {command}: {said}"


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
            return line.recv(3) == b"220"
    except OSError:
        return False


def _moment(path: Path) -> tuple[int, str]:
    return path.stat().st_mtime_ns, path.name
