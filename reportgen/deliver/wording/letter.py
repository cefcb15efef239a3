"""A letter: what is common to an edition, with what is said to one recipient alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import TemplateError

from reportgen.deliver.message.letter import Letter
from reportgen.deliver.wording.columns import WIDTH, held, wrapped
from reportgen.deliver.wording.edition import Wording
from reportgen.deliver.wording.plain import headed
from reportgen.deliver.wording.recipient import Link, Recipient
from reportgen.errors import ConfigError


@dataclass(frozen=True)
class Around:
    """What stands around the summary, each a line or paragraph without a layout.

    Args:
        test: that it is a test; empty otherwise.
        salutation, opening: before the summary.
        correction: heading and reason of a correction.
        copy: heading of what follows.
        attached: files of the mail with their size.
        fetched: pairs of a file, its size and last day, and its address.
        guarded: how the copy is protected; may be empty.
        more: pairs of what is found at an address, and the address.
        answer, closing, signature: the end of the letter proper.
        reference, why, leave: of the foot; ``ways`` the addresses to leave by.
        disclaimer: the publisher's, or the report's own.
    """

    test: str
    salutation: str
    opening: str
    correction: tuple[str, str]
    copy: str
    attached: tuple[str, ...]
    fetched: tuple[tuple[str, str], ...]
    guarded: str
    more: tuple[tuple[str, str], ...]
    answer: str
    closing: str
    signature: tuple[str, ...]
    reference: str
    why: str
    leave: str
    ways: tuple[tuple[str, str], ...]
    disclaimer: str


def letter(base: Wording, recipient: Recipient) -> Letter:
    """Return the letter to one recipient.

    Raises:
        DataError: a phrase has no translation.
        ConfigError: the template is broken.
    """
    around = _around(base, recipient)
    subject = base.phrases["subject"]
    subject = base.say("test_subject", subject) if recipient.test else subject
    try:
        html = base.frame.render(
            base=base, around=around, subject=subject, style=base.style, held=held
        )
    except TemplateError as problem:
        raise ConfigError(f"A template of the letter is broken: {problem}.") from None
    base.check()
    return Letter(
        subject=subject,
        text="\n".join(_text(base, around)) + "\n",
        html=html,
        pictures=base.pictures,
        attachments=recipient.attachments,
    )


def _around(base: Wording, one: Recipient) -> Around:
    publisher, site = base.imprint.publisher, base.imprint.site
    return Around(
        test=base.say("test", one) if one.test else "",
        salutation=base.say("salutation", one),
        opening=base.openings[bool(one.attachments), bool(one.links)],
        correction=(base.phrases["correction"], base.correction[0]),
        copy=base.phrases["your_copy"],
        attached=tuple(
            base.say("attached", file.name, base.say("size", file.blob.size))
            for file in one.attachments
        ),
        fetched=tuple((_to_fetch(base, link), link.url) for link in one.links),
        guarded=base.say("guarded", one),
        more=((base.phrases["more"], site),) if site else (),
        answer=base.phrases["answer"],
        closing=base.phrases["closing"],
        signature=tuple(line for line in (publisher.name, publisher.contact) if line),
        reference=base.say("reference", one),
        why=base.say("why", one),
        leave=base.say("leave", one),
        ways=_ways(one),
        disclaimer=base.phrases["disclaimer"],
    )


def _to_fetch(base: Wording, link: Link) -> str:
    return base.say("to_fetch", link.name, base.say("size", link.size), base.day(link.until))


def _ways(one: Recipient) -> tuple[tuple[str, str], ...]:
    """Return the addresses to leave by: as they are read, and as a click takes them."""
    if one.unsubscribe_url:
        return ((one.unsubscribe_url, one.unsubscribe_url),)
    if one.unsubscribe_mail:
        shown = one.unsubscribe_mail.removeprefix("mailto:").partition("?")[0]
        return ((shown, one.unsubscribe_mail),)
    return ()


def _text(base: Wording, around: Around) -> Iterator[str]:
    """Yield the lines of the plain text."""
    if around.test:
        yield from ("*" * WIDTH, wrapped(around.test), "*" * WIDTH, "")
    yield from (wrapped(around.salutation), "", wrapped(around.opening), "")
    if around.correction[1]:
        yield from (headed(around.correction[0]), "", wrapped(around.correction[1]), "")
    phrases = base.phrases
    yield from (headed(phrases["title"]), wrapped(phrases["dates"]), "", base.text, "")
    yield from (headed(around.copy), "", *map(wrapped, around.attached))
    for name, address in around.fetched:
        yield from (wrapped(name), f"  {address}")
    if around.guarded:
        yield from ("", wrapped(around.guarded))
    for found, address in around.more:
        yield from ("", wrapped(found), f"  {address}")
    yield from ("", wrapped(around.answer), "", around.closing, *around.signature, "")
    yield from ("-" * WIDTH, wrapped(around.reference), wrapped(around.why), wrapped(around.leave))
    for _, address in around.ways:
        yield f"  {address}"
    yield from ("", wrapped(around.disclaimer))
