"""Returned mail for tests, written by us in the manner of many servers and providers.

``{bounce}`` is the bounce address of the delivery, ``{id}`` its Message-ID, ``{to}`` its recipient,
``{token}`` its token. Where a server returns the whole message, words of a market report stand in
it, so that they cannot pass for the server's.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """A message that came back.

    Args:
        text: of the message.
        meaning: what it means, by ``bounces.rules``; empty for a message that is no notice.
        status: the code it gives; empty without one.
    """

    text: str
    meaning: str
    status: str = ""


REPORT = """\
The market is full of blocked policy and spam virus reputation; the quota of risk is unknown.
Mailbox unavailable, user unknown, 550 5.7.1.
"""
COPY = f"""\
Return-Path: <{{bounce}}>
Message-ID: {{id}}
X-Reportgen-Delivery: {{token}}
Subject: report
Content-Type: text/plain

{REPORT}"""


def _dsn(
    fields: str,
    *,
    sender: str = "Mail Delivery System <MAILER-DAEMON@mx.example>",
    subject: str = "Undelivered Mail Returned to Sender",
    said: str = "Your message could not be delivered.",
    copy: str = COPY,
    kind: str = "message/rfc822",
    head: str = "",
) -> str:
    """Return a delivery status notification (RFC 3464)."""
    return f"""\
Return-Path: <>
Delivered-To: {{bounce}}
From: {sender}
To: {{bounce}}
Subject: {subject}
MIME-Version: 1.0
{head}Content-Type: multipart/report; report-type=delivery-status; boundary="=_b1"

--=_b1
Content-Type: text/plain; charset=utf-8

{said}

--=_b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

{fields}
--=_b1
Content-Type: {kind}

{copy}
--=_b1--
"""


def _fields(status: str, diagnostic: str = "", action: str = "failed") -> str:
    lines = ["Final-Recipient: rfc822; {to}", f"Action: {action}", f"Status: {status}"]
    return "\n".join([*lines, *([f"Diagnostic-Code: {diagnostic}"] if diagnostic else []), ""])


def _prose(body: str, *, sender: str, subject: str, head: str = "") -> str:
    """Return a notice only people can read."""
    return f"""\
Return-Path: <>
Delivered-To: {{bounce}}
From: {sender}
To: {{bounce}}
Subject: {subject}
{head}
{body}"""


def _base64(text: str, charset: str) -> str:
    data = base64.encodebytes(text.encode(charset)).decode()
    return (
        f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: base64\n\n{data}"
    )


def _word(text: str, charset: str = "utf-8") -> str:
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="


QMAIL = f"""\
Hi. This is the qmail-send program at mx.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{{to}}>:
%s

--- Below this line is a copy of the message.

{COPY}"""
EXIM = f"""\
This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {{to}}
    host mx.client.test [192.0.2.9]
    SMTP error from remote mail server after RCPT TO:<{{to}}>:
    %s

------ This is a copy of your message, including all the headers. ------

{COPY}"""

SAMPLES: dict[str, Sample] = {
    "postfix, no such user": Sample(
        _dsn(
            _fields(
                "5.1.1",
                "smtp; 550 5.1.1 <{to}>: Recipient address rejected: User unknown in\n"
                "    virtual mailbox table",
            )
        ),
        "hard",
        "5.1.1",
    ),
    "postfix, header only": Sample(
        _dsn(_fields("5.1.1", "X-Postfix; unknown user"), kind="text/rfc822-headers"),
        "hard",
        "5.1.1",
    ),
    "postfix, still trying": Sample(
        _dsn(
            _fields(
                "4.4.1", "X-Postfix; connect to mx.client.test: Connection timed out", "delayed"
            ),
            subject="Delayed Mail (still being retried)",
        ),
        "delayed",
        "4.4.1",
    ),
    "postfix, given up": Sample(
        _dsn(_fields("4.4.1", "X-Postfix; connect to mx.client.test: Connection timed out")),
        "soft",
        "4.4.1",
    ),
    "postfix, delivered": Sample(
        _dsn(
            _fields("2.0.0", "smtp; 250 2.0.0 Ok", "delivered"), subject="Successful Mail Delivery"
        ),
        "delivered",
        "2.0.0",
    ),
    "postfix, relayed": Sample(
        _dsn(_fields("2.0.0", "smtp; 250 Ok", "relayed")), "relayed", "2.0.0"
    ),
    "exchange, no such recipient": Sample(
        _dsn(
            _fields(
                "5.1.10",
                "smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by"
                " SMTP address lookup",
            ),
            sender='"Microsoft Outlook" <MicrosoftExchange329e71ec88ae@client.test>',
            subject="Undeliverable: report",
            said="The email address you entered couldn't be found.",
        ),
        "hard",
        "5.1.10",
    ),
    "exchange, blocked by a rule": Sample(
        _dsn(
            _fields(
                "5.7.133",
                "smtp;550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup;"
                " authentication required",
            ),
            sender="postmaster@client.test",
            subject="Undeliverable: report",
        ),
        "policy",
        "5.7.133",
    ),
    "exchange online, access denied": Sample(
        _dsn(
            _fields("5.4.1", "smtp;550 5.4.1 Recipient address rejected: Access denied."),
            sender="postmaster@client.test",
        ),
        "soft",
        "5.4.1",
    ),
    "exchange, mailbox full": Sample(
        _dsn(
            _fields(
                "5.2.2",
                "smtp;554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:"
                "QuotaExceededException.MapiExceptionShutoffQuotaExceeded",
            ),
            sender="postmaster@client.test",
        ),
        "soft",
        "5.2.2",
    ),
    "exchange, message too large": Sample(
        _dsn(
            _fields(
                "5.2.3",
                "smtp;550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient",
            ),
            sender="postmaster@client.test",
        ),
        "policy",
        "5.2.3",
    ),
    "exchange, german": Sample(
        _dsn(
            _fields("5.1.1", ""),
            sender="postmaster@client.test",
            subject="Unzustellbar: report",
            said="Die Nachricht konnte nicht zugestellt werden.",
        ),
        "hard",
        "5.1.1",
    ),
    "gmail, no such user": Sample(
        _dsn(
            _fields(
                "5.1.1",
                "smtp; 550-5.1.1 The email account that you tried to reach does not"
                " exist. Please try\n 550-5.1.1 double-checking the recipient's email address for"
                " typos or\n 550 5.1.1 unnecessary spaces. a1-2b.3 - gsmtp",
            ),
            sender="Mail Delivery Subsystem <mailer-daemon@googlemail.example>",
            subject="Delivery Status Notification (Failure)",
        ),
        "hard",
        "5.1.1",
    ),
    "gmail, disabled": Sample(
        _dsn(
            _fields(
                "5.2.1", "smtp; 550 5.2.1 The email account that you tried to reach is inactive."
            )
        ),
        "hard",
        "5.2.1",
    ),
    "gmail, too much mail": Sample(
        _dsn(
            _fields(
                "5.2.1",
                "smtp; 550 5.2.1 The user you are trying to contact is receiving mail at"
                " a rate that prevents additional messages from being delivered.",
            )
        ),
        "soft",
        "5.2.1",
    ),
    "gmail, over quota": Sample(
        _dsn(_fields("4.2.2", "smtp; 452-4.2.2 The recipient's inbox is out of storage space.")),
        "soft",
        "4.2.2",
    ),
    "gmail, unauthenticated": Sample(
        _dsn(
            _fields(
                "5.7.26",
                "smtp; 550-5.7.26 Your email has been blocked because the sender is"
                " unauthenticated. 550-5.7.26 DKIM = did not pass, SPF = did not pass",
            )
        ),
        "policy",
        "5.7.26",
    ),
    "a filter that says 5.1.1": Sample(
        _dsn(_fields("5.1.1", "smtp; 550 5.1.1 Message rejected as spam by content filtering")),
        "policy",
        "5.1.1",
    ),
    "yahoo, no account": Sample(
        _dsn(
            _fields(
                "5.0.0",
                "smtp; 554 delivery error: dd This user doesn't have a yahoo.example"
                " account ({to}) [0] - mta1.mail.example",
            ),
        ),
        "hard",
        "5.0.0",
    ),
    "sendmail, host unknown": Sample(
        _dsn(
            _fields("5.1.2", "SMTP; 550 Host unknown"),
            sender="Mail Delivery Subsystem <MAILER-DAEMON@mx.example>",
            subject="Returned mail: see transcript for details",
            said="   ----- Transcript of session follows -----\n550 5.1.2 <{to}>... Host unknown",
        ),
        "soft",
        "5.1.2",
    ),
    "sendmail, vague status": Sample(
        _dsn(
            _fields("5.0.0", "SMTP; 550 5.1.1 <{to}>... User unknown"),
            subject="Returned mail: User unknown",
        ),
        "hard",
        "5.1.1",
    ),
    "exim, report without words": Sample(
        _dsn(
            _fields("5.0.0"),
            subject="Mail delivery failed: returning message to sender",
            said=EXIM.partition("------")[0] % "550 No such recipient here",
            head="X-Failed-Recipients: {to}\nAuto-Submitted: auto-replied\n",
        ),
        "hard",
        "5.0.0",
    ),
    "exim, prose": Sample(
        _prose(
            EXIM % "550 5.1.1 Unknown user",
            sender="Mail Delivery System <Mailer-Daemon@mx.example>",
            subject="Mail delivery failed: returning message to sender",
            head="X-Failed-Recipients: {to}\nAuto-Submitted: auto-replied\n",
        ),
        "hard",
        "5.1.1",
    ),
    "exim, prose, spam": Sample(
        _prose(
            EXIM % "550 High probability of spam",
            sender="Mail Delivery System <Mailer-Daemon@mx.example>",
            subject="Mail delivery failed: returning message to sender",
            head="X-Failed-Recipients: {to}\nAuto-Submitted: auto-replied\n",
        ),
        "policy",
    ),
    "exim, prose, delayed": Sample(
        _prose(
            "A message that you sent has not yet been delivered to one or more of its recipients.\n"
            "No action is required on your part. Delivery attempts will continue for some time.\n",
            sender="Mail Delivery System <Mailer-Daemon@mx.example>",
            subject="Warning: message 1abc delayed 24 hours",
            head="Auto-Submitted: auto-replied\nX-Failed-Recipients: {to}\n",
        ),
        "delayed",
    ),
    "qmail, no mailbox": Sample(
        _prose(
            QMAIL % "Sorry, no mailbox here by that name. (#5.1.1)",
            sender="MAILER-DAEMON@mx.example",
            subject="failure notice",
        ),
        "hard",
        "5.1.1",
    ),
    "qmail, quota": Sample(
        _prose(
            QMAIL % "user is over quota",
            sender="MAILER-DAEMON@mx.example",
            subject="failure notice",
        ),
        "soft",
    ),
    "qmail, gives no reason": Sample(
        _prose(
            QMAIL % "I tried to deliver a bounce message to this address, but gave up.",
            sender="MAILER-DAEMON@mx.example",
            subject="failure notice",
        ),
        "soft",
    ),
    "chinese provider, no such user": Sample(
        _prose(
            "",
            sender=f"{_word('邮件系统')} <postmaster@mail.example>",
            subject=_word("系统退信"),
            head=_base64(
                "抱歉，您的邮件被退回来了。\n收件人邮件地址（wang@client.test）不存在，邮件无法送达。\n"
                "host mx.mail.example said: 550 User not found: wang@client.test\n",
                "utf-8",
            ),
        ),
        "hard",
    ),
    "chinese provider, mailbox full": Sample(
        _prose(
            "",
            sender="postmaster@mail.example",
            subject=_word("退信通知", "gb18030"),
            head=_base64("您的邮件未能送达。\n原因：收件人邮箱空间不足，邮箱已满。\n", "gb18030"),
        ),
        "soft",
    ),
    "chinese provider, taken for junk": Sample(
        _prose(
            "",
            sender="PostMaster@mail.example",
            subject=_word("来自邮件系统的退信"),
            head=_base64(
                "您发送的邮件被对方服务器拒收。\n554 DT:SPM 被反垃圾系统判定为垃圾邮件\n", "utf-8"
            ),
        ),
        "policy",
    ),
    "japanese provider, unknown": Sample(
        _prose(
            "",
            sender="MAILER-DAEMON@mail.example",
            subject=_word("配信エラーのお知らせ", "iso-2022-jp"),
            head=_base64(
                "以下の宛先へメールを配信できませんでした。\n宛先のメールアドレスは存在しません。\n",
                "iso-2022-jp",
            ),
        ),
        "hard",
    ),
    "japanese provider, full": Sample(
        _prose(
            "",
            sender="postmaster@mail.example",
            subject=_word("メール送信エラー"),
            head=_base64("受信者のメールボックスの容量がいっぱいです。\n", "utf-8"),
        ),
        "soft",
    ),
    "japanese carrier, refused by the reader's settings": Sample(
        _dsn(_fields("5.0.0", "smtp; 550 迷惑メールとして受信拒否されました")),
        "policy",
        "5.0.0",
    ),
    "html only": Sample(
        _prose(
            "<html><style>p{}</style><body><p>Delivery has failed to {to}:</p>"
            "<p>Recipient not found.</p></body></html>\n",
            sender="postmaster@client.test",
            subject="Delivery has failed",
            head="Content-Type: text/html; charset=us-ascii\n",
        ),
        "hard",
    ),
    "international report": Sample(
        _dsn(_fields("5.1.1", "smtp; 550 5.1.1 no such user")).replace(
            "Content-Type: message/delivery-status\n",
            "Content-Type: message/global-delivery-status\nContent-Transfer-Encoding: 8bit\n",
        ),
        "hard",
        "5.1.1",
    ),
    "complaint": Sample(
        """\
Return-Path: <feedback@provider.example>
From: Feedback Loop <feedback@provider.example>
To: abuse@house.example
Subject: FW: report
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="=_f"

--=_f
Content-Type: text/plain

This is an abuse report.

--=_f
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Loop/1.0
Version: 1
Original-Mail-From: <{bounce}>

--=_f
Content-Type: text/rfc822-headers

"""
        + COPY.partition("\n\n")[0]
        + "\n--=_f--\n",
        "complaint",
    ),
    "no complaint after all": Sample(
        """\
From: Feedback Loop <feedback@provider.example>
To: abuse@house.example
Subject: FW: report
Content-Type: multipart/report; report-type=feedback-report; boundary="=_f"

--=_f
Content-Type: message/feedback-report

Feedback-Type: not-spam
Version: 1

--=_f
Content-Type: message/rfc822

"""
        + COPY
        + "\n--=_f--\n",
        "",
    ),
    "on holiday": Sample(
        """\
Return-Path: <>
From: Wang <{to}>
To: {bounce}
Subject: Out of office: report
Auto-Submitted: auto-replied
In-Reply-To: {id}

I am away; my mailbox is full, user unknown.
""",
        "",
    ),
    "an answer by a person": Sample(
        """\
From: Wang <{to}>
To: {bounce}
Subject: Re: report
In-Reply-To: {id}

Please deliver to my colleague, 550 5.1.1.
""",
        "",
    ),
}


def filled(name: str, **values: str) -> bytes:
    """Return a sample with its places filled."""
    text = SAMPLES[name].text
    for place, value in values.items():
        text = text.replace(f"{{{place}}}", value)
    return text.encode()
