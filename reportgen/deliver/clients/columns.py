"""The columns of a list of clients, and what people call them."""

from __future__ import annotations

import re
import unicodedata

COLUMNS = (
    *("id", "organisation", "contact", "address", "languages"),
    *("formats", "protection", "active_from", "active_to", "house"),
)
"""As they are written on export; a line for each contact."""
REQUIRED = ("id", "organisation", "address", "languages")

_CALLED = {
    "id": """client, client id, code, 编号, 客户编号, 客户代码, 客户id, 代码, 編號, 客戶編號,
        顧客id, 顧客コード, 顧客番号, 取引先コード, コード""",
    "organisation": """organization, company, firm, 机构, 机构名称, 公司, 公司名称, 单位, 客户名称,
        機構, 公司名稱, 客戶名稱, 会社, 会社名, 法人名, 顧客名, 機関名, 取引先名, 組織""",
    "contact": "contact name, person, 联系人, 姓名, 聯絡人, 担当者, 担当者名, 氏名",
    "address": """email, mail, email address, mail address, 邮箱, 邮箱地址, 电子邮箱, 电子邮件,
        邮件, 邮件地址, 電子郵件, 電郵, メール, メールアドレス, eメール, 電子メール""",
    "languages": "language, lang, 语言, 语种, 語言, 言語",
    "formats": "format, 格式, 形式, フォーマット",
    "protection": "protect, 保护, 保护方式, 保護",
    "active_from": "from, start, 开始日期, 起始日期, 生效日期, 開始日期, 開始日, 利用開始日",
    "active_to": "to, until, end, 结束日期, 到期日, 到期日期, 結束日期, 終了日, 利用終了日",
    "house": "内部, 自用, 社内, 自社",
}


def column_of(header: str) -> str | None:
    """Return the column a header names, in English, Chinese or Japanese; ``None`` for no other."""
    return _KNOWN.get(_plain(header))


def _plain(header: str) -> str:
    """Return a header without what differs from writer to writer: width, case, gaps."""
    return re.sub(r"[\s_\-.:*]", "", unicodedata.normalize("NFKC", header).casefold())


_KNOWN = {
    _plain(spelt): column
    for column, others in _CALLED.items()
    for spelt in (column, *others.split(","))
}
