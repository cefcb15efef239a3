"""What mail servers say in words, where they give no code, or one that says little.

Phrases as they stand in the notices of Exchange, Exim, Gmail, Postfix, qmail, sendmail and of
Chinese and Japanese providers. They are only ever looked for in a server's own words.
"""

from __future__ import annotations

import re


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases), re.IGNORECASE | re.MULTILINE)


SENDERS = _any(
    r"\b(?:mailer|mail)[-_.]?daemon\b", r"\bpostmaster\b", r"\bpostoffice\b", r"\bmdaemon\b"
)
"""Who sends notices."""

SUBJECTS = _any(
    r"undeliver",
    r"returned mail",
    r"returned? to sender",
    r"failure notice",
    r"delivery (?:status|fail|has)",
    r"mail delivery",
    r"non[- ]?delivery",
    r"could not be delivered",
    r"unzustellbar",
    r"non remis",
    r"退信|退回|未送达|无法送达|无法投递|投递失败|发送失败|傳送失敗|無法傳遞",
    r"配信不能|配信でき|配信エラー|送信エラー|送信でき|配達でき|不達",
)
"""Subjects of notices."""

DELAYS = _any(
    r"\bdelayed\b",
    r"will (?:continue|keep) (?:to try|trying)",
    r"still being retried",
    r"no action is required",
    r"延迟投递|配信遅延|配信が遅れ",
)
"""A server is still trying."""

COPY = _any(
    r"^[- ]*below this line is a copy of the message",
    r"^[- ]*this is a copy of (?:the|your) message",
    r"^[- ]*(?:the header of the )?original message",
    r"^[- ]*returned message",
    r"^[- ]*message headers? follow",
    r"^[- ]*(?:原邮件|原始邮件|原信|元のメッセージ|元のメール)",
    r"^(?:return-path|received|dkim-signature):",
)
"""Where the copy of our own message begins."""

POLICY = _any(
    r"\bspam",
    r"\bblock(?:ed|ing)\b",
    r"\b(?:black|block|deny)[- ]?list",
    r"\b(?:dnsbl|rbl|spf|dkim|dmarc)\b",
    r"reputation",
    r"unsolicited",
    r"content (?:rejected|filter)",
    r"virus",
    r"malware",
    r"policy",
    r"unauthenticated",
    r"not authori[sz]ed",
    r"垃圾|病毒|拒收|黑名单|发信频率|发送频率",
    r"迷惑メール|スパム|受信拒否",
)
"""The message, its sender or the relay is refused, not the recipient."""

_WHO = r"(?:user|recipient|mailbox|account|address)"
GONE = _any(
    rf"{_WHO}(?: \S+)? (?:is )?(?:unknown|not found|invalid|disabled|inactive|closed|deactivated)",
    rf"{_WHO}(?: \S+)? (?:not exist|doesn't exist|does not exist)",
    rf"(?:unknown|no such|invalid|non-?existent) (?:local )?{_WHO}",
    r"no such person",
    r"no mailbox here",
    r"(?:doesn't|does not) have an? \S+ account",
    r"(?:couldn't|could not) be found",
    r"wasn't found at",
    r"(?:用户|收件人|邮箱|帐号|账号|帐户|账户|地址)\S{0,6}(?:不存在|未找到|找不到|无效|停用|禁用)",
    r"使用者不存在|查無此",
    r"宛先\S{0,12}(?:不明|存在しま|見つか)",
    r"(?:ユーザ|アドレス|メールボックス)\S{0,10}(?:存在しま|見つか|無効)",
)
"""There is no such mailbox."""

FULL = _any(
    r"quota",
    r"mailbox (?:is )?full",
    r"(?:insufficient|not enough|exceeded) (?:system )?storage",
    r"too quickly",
    r"at a rate",
    r"try again",
    r"timed? ?out",
    r"已满|空间不足|超出容量",
    r"容量|いっぱい|満杯",
)
"""Not now."""
