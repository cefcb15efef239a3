"""One connection to the relay, and the way of one message after another over it.

The whole message goes out without the dot that ends it. Only when the ledger has written down
that the dot may leave does it leave; a relay acts on no message without it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from reportgen.deliver.smtp.answer import Answer
from reportgen.deliver.smtp.fitness import stuffed, unfit
from reportgen.deliver.smtp.reply import Step, after_the_dot, before_the_dot, doubtful, lost
from reportgen.relay import Line, Reply, connected, explained

if TYPE_CHECKING:
    from reportgen.config.delivery import Delivery
    from reportgen.config.publishing import Smtp
    from reportgen.secret import Secret

DOT = b".\r\n"
POINTS = (
    "connected",  # nothing of the message has been said
    "mail",  # the relay has agreed to each of these
    "rcpt",
    "data",
    "mid_body",
    "body",  # all but the dot has been sent
    "dot_before",  # the fence has let it through
    "dot_sent",
    "replied",  # the answer is here, and nobody knows of it yet
)
"""What ``at`` is called with, in order."""


def _nowhere(point: str) -> None:
    """Do nothing at a point."""


class Session:
    """A connection to the relay; opened when it is needed.

    Args:
        smtp: the relay.
        delivery: how long it is waited for.
        password: of the relay; ``None`` where none is set.
        mask: blots out secrets and addresses in what the relay says.
    """

    def __init__(
        self,
        smtp: Smtp,
        delivery: Delivery,
        password: Secret | None,
        mask: Callable[[str], str],
    ) -> None:
        self._smtp = smtp
        self._delivery = delivery
        self._password = password
        self._mask = mask
        self._line: Line | None = None

    @property
    def size_limit(self) -> int:
        """Bytes of the largest message the relay takes; 0 while it is not known."""
        said = self._line.esmtp_features.get("size", "") if self._line else ""
        return int(said) if said.isdecimal() else 0

    def open(self) -> Answer | None:
        """Connect, secure and log in; ``None`` when the relay is ready, else why it is not."""
        self.close()
        patience = self._delivery.connect_timeout, self._delivery.command_timeout
        try:
            self._line = connected(self._smtp, self._password, *patience)
        except Exception as failure:  # told in one sentence, whatever it is
            problem = explained(failure, self._smtp, self._mask)
            text = problem.sentence[:300]
            return Answer("not_sent", problem.code, text=text, scope="relay", usable=False)
        return None

    def deliver(
        self,
        envelope_from: str,
        to: str,
        raw: bytes,
        fence: Callable[[], bool],
        at: Callable[[str], None] = _nowhere,
    ) -> Answer:
        """Hand a message over for one address, and tell what became of it.

        Whatever is raised by ``fence`` or ``at`` comes through after the line is broken.

        Args:
            envelope_from: address that bounces go to; empty for none.
            to: the one recipient.
            raw: the message, its lines ended with CR LF.
            fence: called when all but the dot has been sent; only if it returns true does the
                dot leave.
            at: called at each of ``POINTS``; for tests.
        """
        try:
            return self._deliver(envelope_from, to, raw, fence, at)
        except BaseException:
            self._break_off()
            raise

    def close(self) -> None:
        """Say goodbye, without waiting for an answer."""
        line, self._line = self._line, None
        if line is not None:
            with suppress(OSError):  # what was taken is taken all the same
                line.putcmd("QUIT")
            line.close()

    def _deliver(
        self,
        envelope_from: str,
        to: str,
        raw: bytes,
        fence: Callable[[], bool],
        at: Callable[[str], None],
    ) -> Answer:
        unready = self._ready()
        if unready is not None:
            return unready
        at("connected")
        assert self._line is not None
        refused = unfit(envelope_from, to, raw, self._line.esmtp_features, self._largest())
        if refused is not None:
            return refused
        stopped = self._offer(envelope_from, to, raw, at) or self._pour(raw, at)
        if stopped is not None:
            return stopped
        if not fence():
            self._break_off()
            return Answer("not_sent", text="held back before its end", usable=False)
        # While the ledger was written the relay may have hung up: then the dot stays here.
        return self._sent(memoryview(b"")) or self._end(at)

    def _largest(self) -> int:
        """Return the bytes of the largest message that is offered."""
        own = self._smtp.max_message_bytes
        return min(own, self.size_limit) if self.size_limit else own

    def _ready(self) -> Answer | None:
        """Have a line to say the first command on: one the relay has closed meanwhile is no use."""
        if self._line is not None:
            try:
                if self._line.early() is None:
                    return None
            except OSError:
                pass  # nothing of this message has been said: a new line will do
            self._break_off()
        return self.open()

    def _offer(
        self, envelope_from: str, to: str, raw: bytes, at: Callable[[str], None]
    ) -> Answer | None:
        """Say who writes to whom; ``None`` when the relay wants to hear the message."""
        assert self._line is not None
        beyond_ascii = not (envelope_from + to).isascii()
        self._line.command_encoding = "utf-8" if beyond_ascii else "ascii"
        options = f" SIZE={len(raw)}" if self._line.has_extn("size") else ""
        options += " BODY=8BITMIME" if not raw.isascii() else ""
        options += " SMTPUTF8" if beyond_ascii else ""
        commands: tuple[tuple[Step, str], ...] = (
            ("MAIL", f"MAIL FROM:<{envelope_from}>{options}"),
            ("RCPT", f"RCPT TO:<{to}>"),
            ("DATA", "DATA"),
        )
        for step, command in commands:
            stopped = self._say(step, command)
            if stopped is not None:
                return stopped
            at(step.lower())
        return None

    def _say(self, step: Step, command: str) -> Answer | None:
        """Say a command; ``None`` when the relay agrees."""
        assert self._line is not None
        try:
            early = self._line.early()
            reply = early or self._line.ask(command)
        except OSError as failure:
            return self._lost(failure)
        agrees = reply.code == 354 if step == "DATA" else reply.kind == 2
        if agrees and early is None:
            return None
        return self._stopped(reply, step, in_turn=early is None)

    def _pour(self, raw: bytes, at: Callable[[str], None]) -> Answer | None:
        """Send all of a message but its dot; ``None`` when it is there."""
        whole = memoryview(stuffed(raw))
        half = len(whole) // 2
        for part, point in ((whole[:half], "mid_body"), (whole[half:], "body")):
            stopped = self._sent(part)
            if stopped is not None:
                return stopped
            at(point)
        return None

    def _sent(self, part: memoryview) -> Answer | None:
        """Send a part of a message; ``None`` when the relay is still listening."""
        assert self._line is not None
        try:
            early = self._line.pour(part)
        except OSError as failure:
            return self._lost(failure)
        return None if early is None else self._stopped(early, "message", in_turn=False)

    def _end(self, at: Callable[[str], None]) -> Answer:
        """Send the dot and wait for the answer to the message."""
        assert self._line is not None
        at("dot_before")
        try:
            self._line.send(DOT)
        except OSError as failure:
            return self._doubtful(failure)
        at("dot_sent")
        try:
            reply = self._line.answer(self._delivery.final_timeout)
        except OSError as failure:
            return self._doubtful(failure)
        at("replied")
        answer = after_the_dot(reply, self._mask)
        return self._settled(answer, in_turn=answer.kind != "in_doubt")

    def _stopped(self, reply: Reply, step: Step, *, in_turn: bool) -> Answer:
        """Return what a reply means that ended a message before its dot."""
        answer = before_the_dot(reply, step, self._mask)
        return self._settled(answer, in_turn=in_turn and answer.kind != "not_sent")

    def _settled(self, answer: Answer, *, in_turn: bool) -> Answer:
        """Make the line ready for the next message, or break it."""
        if self._line is not None and answer.kind != "accepted":
            try:
                if not in_turn or answer.code == 421 or self._line.ask("RSET").kind != 2:
                    self._break_off()
            except OSError:
                self._break_off()
        return replace(answer, usable=self._line is not None)

    def _lost(self, failure: OSError) -> Answer:
        self._break_off()
        return lost(failure)

    def _doubtful(self, failure: OSError) -> Answer:
        self._break_off()
        return doubtful(failure)

    def _break_off(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.hang_up()
