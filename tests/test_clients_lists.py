"""Lists of clients: encodings, separators, headers, bad rows, and out and in again."""

from __future__ import annotations

import codecs
import csv
import io
import string
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.deliver.clients.checks import Fields, FieldsError, client_of
from reportgen.deliver.clients.client import Client, Contact
from reportgen.deliver.clients.columns import COLUMNS, column_of
from reportgen.deliver.clients.csvfile import MOST_BYTES, MOST_COLUMNS
from reportgen.deliver.clients.export import export
from reportgen.deliver.clients.formulas import neutral, restored
from reportgen.deliver.clients.importing import Imported, import_list
from reportgen.errors import DataError, UsageError

ZH = "编号,公司,联系人,邮箱,语言\r\na1,招商证券股份有限公司,王芳,wang@zs.cn,中文\r\n"
JA = "顧客コード,会社名,担当者,メール,言語\r\na1,㈱髙島屋ﾎｰﾙﾃﾞｨﾝｸﾞｽ,渡邊,w@tk.jp,ja\r\n"
HEADER = "id,organisation,address,languages\n"


def _names(found: Imported) -> list[str]:
    assert found.bad == ()
    return [one.organisation for one in found.clients]


# -- encodings ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "codec", "encoding"),
    [
        *((ZH, "utf-8", "utf-8"), (ZH, "utf-8-sig", "utf-8"), (JA, "utf-8-sig", "utf-8")),
        *((ZH, "gb18030", "gb18030"), (ZH, "gbk", "gb18030"), (JA, "cp932", "cp932")),
        *((ZH, "utf-16", "utf-16"), (JA.replace(",", "\t"), "utf-16", "utf-16")),
        (ZH.replace(",", ";"), "gb18030", "gb18030"),
        ("sep=;\r\n" + JA.replace(",", ";"), "cp932", "cp932"),
    ],
)
def test_what_excel_saves_is_read_without_being_told(text: str, codec: str, encoding: str) -> None:
    """CSV, CSV UTF-8 and Unicode text as Excel saves them in China and Japan."""
    found = import_list(text.encode(codec))
    assert found.listing.decoded.encoding == encoding
    assert _names(found) == _names(import_list(text.encode()))


def test_utf16_of_either_order_is_read() -> None:
    """The mark tells the order of the bytes."""
    for mark, codec in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        assert _names(import_list(mark + ZH.encode(codec))) == ["招商证券股份有限公司"]
        assert _names(import_list(ZH.encode(codec), codec)) == ["招商证券股份有限公司"]


COMPANIES = {
    "gb18030": "中国银行 招商证券股份有限公司 嘉实基金管理有限公司 华夏基金 平安资产管理 司马懿",
    "cp932": "三菱ＵＦＪ銀行 株式会社髙島屋 野村アセットマネジメント みずほ銀行 日本生命 渡邊",
    "big5": "國泰金控 台灣銀行 王小明 富邦證券股份有限公司 中國信託",
}


@pytest.mark.parametrize("encoding", COMPANIES)
def test_english_headers_leave_it_to_the_names(encoding: str) -> None:
    """The encoding in which the names are everyday words is concluded, and said to be."""
    rows = [f"a{n},{one},a{n}@b.cn,zh" for n, one in enumerate(COMPANIES[encoding].split())]
    found = import_list((HEADER + "\n".join(rows)).encode(encoding))
    assert found.listing.decoded.encoding == encoding
    assert not found.listing.decoded.certain
    assert _names(found) == COMPANIES[encoding].split()


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        *(("Zürich-Bank", "cp1252"), ("Crédit Agricole", "cp1252"), ("王芳", "gb18030")),
        *(("삼성전자", "euc-kr"), ("日本生命", "euc-jp"), ("鑫淼", "gb18030"), ("渡邊", "cp932")),
    ],
)
def test_what_the_bytes_cannot_decide_is_asked_for(name: str, codec: str) -> None:
    """A guess would print a wrong name: the encoding is asked for, and then the name is right."""
    content = (HEADER + f"a,{name},a@b.cn,zh").encode(codec)
    with pytest.raises(DataError, match="cannot be told"):
        import_list(content)
    assert _names(import_list(content, codec)) == [name]


def test_a_wrong_declaration_is_refused() -> None:
    """Bytes that are not of the encoding are told with their line; an unknown one by name."""
    content = (HEADER + "a,b,c@d.cn,en\nb,招商,c@e.cn,zh\n").encode("gb18030")
    with pytest.raises(DataError, match="Line 3 is not utf-8"):
        import_list(content, "UTF8")
    with pytest.raises(UsageError, match="rot13"):
        import_list(content, "rot13")


def test_a_workbook_is_no_list() -> None:
    """An .xlsx file is told to be saved as CSV first."""
    with pytest.raises(DataError, match="zero bytes") as problem:
        import_list(b"PK\x03\x04\x14\0\x06\0")
    assert "CSV UTF-8" in problem.value.hint


# -- columns ------------------------------------------------------------------------------------


def test_headers_are_known_in_three_languages() -> None:
    """Case, width and gaps do not matter; each column has names in Chinese and Japanese."""
    for header in ("E-mail", "Ｅｍａｉｌ", "メールアドレス", "电子邮箱", " ADDRESS "):
        assert column_of(header) == "address"
    assert [column_of(one) for one in COLUMNS] == list(COLUMNS)
    assert column_of("phone") is None


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("id,organisation,adress,languages", '"adress"'),
        ("id,organisation,email,languages,protecton", '"protecton"'),
        ("id,organisation,email,mail,languages", "address twice"),
        ("id,organisation,languages", "no column address"),
        ("a,b,c", "names no column"),
        ("", "names no column"),
        (",".join(["id"] * (MOST_COLUMNS + 1)), "columns"),
    ],
)
def test_a_column_is_never_guessed(header: str, reason: str) -> None:
    """A mistyped one would lose what it says: unknown, missing and double ones are refused."""
    with pytest.raises(DataError, match=reason):
        import_list(f"{header}\n1,2,3,4\n".encode())
    with pytest.raises(DataError, match="names its columns"):
        import_list(b"\r\n,,\r\n")


def test_a_column_is_left_out_by_name() -> None:
    """Columns of the operator's own are named to be left out; one that is not there is told."""
    content = (HEADER.strip() + ",Tel,备注\na,B,c@d.cn,en,1,x\n").encode()
    assert len(import_list(content, ignored=("Tel", "备注")).clients) == 1
    with pytest.raises(UsageError, match="Fax"):
        import_list(content, ignored=("Fax",))


def test_it_is_said_which_columns_are_not_there() -> None:
    """So that clients keep what the list says nothing of."""
    found = import_list((HEADER.strip() + ",house\na,B,c@d.cn,en,yes\n").encode())
    assert found.omitted == ("contact", "formats", "protection", "active_from", "active_to")


# -- rows ---------------------------------------------------------------------------------------


def test_full_width_is_plain_in_codes_and_kept_in_names() -> None:
    """What an input method writes in ids and addresses becomes ASCII; names stay."""
    row = "Ａｃｍｅ－０１,ＡＣＭＥ株式会社,ｗａｎｇ＠ａｃｍｅ．ｃｎ,\u3000ｚｈ、ja\u3000\n"
    (client,) = import_list((HEADER + row).encode()).clients
    assert client.id == "acme-01"
    assert client.organisation == "ACME株式会社".replace("ACME", "ＡＣＭＥ")
    assert client.contacts == (Contact("", "wang@acme.cn"),)
    assert client.languages == ("zh", "ja")


def test_a_client_has_as_many_rows_as_contacts() -> None:
    """Later rows need not say again what the first says; cells may hold several addresses."""
    text = """id,organisation,contact,address,languages,protection
a,Acme,Wang,w@a.cn,zh,mark
b,Beta,"Li; Bo","l@b.cn; b@b.cn",en,
a,,Zhao,z@a.cn,,
a,Acme,,"x@a.cn
y@a.cn",zh,
"""
    a, b = import_list(text.encode()).clients
    assert [one.address for one in a.contacts] == ["w@a.cn", "z@a.cn", "x@a.cn", "y@a.cn"]
    assert (a.contacts[1].name, a.protection) == ("Zhao", "mark")
    assert b.contacts == (Contact("Li", "l@b.cn"), Contact("Bo", "b@b.cn"))


def test_every_bad_row_is_told_by_line_and_column() -> None:
    """All of them at once, by the line on which they begin, without any value."""
    text = """id,organisation,contact,address,languages,house
good,Good,,g@g.cn,zh,
,Nobody,,n@n.cn,zh,
bad!,Bad,,b@b.cn,zh,perhaps
"two
lines",X,,x@x.cn,zh,

same,Same,,s@s.cn,zh,
same,Other,,t@t.cn,ja,
same,,Li,s@s.cn,,
names,Names,A;B,"a@n.cn;b@n.cn;c@n.cn",zh,
long,Long,,l@l.cn,zh,,,more
first,First,,f@f.cn,fr,
first,,,,,
"""
    found = import_list(text.encode())
    assert [(one.line, one.column) for one in found.bad] == [
        *((3, "id"), (4, "id"), (4, "house"), (5, "id")),
        *((9, "organisation"), (9, "languages"), (10, "address"), (11, "contact"), (12, "")),
        *((13, "languages"), (14, "address")),
    ]
    assert not any("@" in one.reason and ".cn" in one.reason for one in found.bad)


def test_quotes_that_do_not_close_are_told() -> None:
    """The row is named where it begins, however much it swallowed."""
    found = import_list((HEADER + 'a,A,a@a.cn,zh\nb,"B,b@b.cn,zh\nc,C,c@c.cn,zh\n').encode())
    assert [(one.line, one.column) for one in found.bad] == [(3, "")]


def test_a_list_has_limits() -> None:
    """Size and the length of a cell are limited; a long cell is a bad row, not an end."""
    with pytest.raises(DataError, match="MB"):
        import_list(b"x" * (MOST_BYTES + 1))
    found = import_list((HEADER + f"a,{'x' * 140_000},a@a.cn,zh\nb,B,b@,zh\n").encode())
    assert [one.line for one in found.bad] == [2, 3]


# -- out and in again ---------------------------------------------------------------------------


FORMULAS = ("=1+1", "+49 Bank", "-x", "@sum", "＝1", "＋1", "－1", "＠x", "'=x", "''@x", "\tx")


def test_no_cell_is_a_formula() -> None:
    """Each that begins like one gets an apostrophe; numbers and other text stay."""
    for one in FORMULAS:
        assert neutral(one) == f"'{one}"
    for one in ("-5", "+1.5", "3", "", "'x", "O'Neil", "a=b"):
        assert neutral(one) == one


@given(st.text(alphabet="'=+-@＝＋－＠\ta1. ", max_size=6))
def test_exactly_what_was_added_is_taken_off(cell: str) -> None:
    """Whatever a cell holds, it comes back the same."""
    assert restored(neutral(cell)) == cell


_NAME = st.text(min_size=1, max_size=30).map(str.strip)
_HOSTILE = st.sampled_from([*FORMULAS, 'a"b', "a,b", "a;b", "三菱ＵＦＪ", "{{7*7}}", "''", '"'])
_ADDRESS = st.from_regex(r"[a-z'=+-][a-z0-9'=+-]{0,8}@[a-z]{1,5}\.cn", fullmatch=True)
_DAYS = st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1))


@st.composite
def _clients(draw: st.DrawFn) -> list[Client]:
    found = {}
    for number in range(draw(st.integers(1, 4))):
        first, last = draw(_DAYS), draw(_DAYS)
        identity = draw(st.from_regex(r"[a-z0-9][a-z0-9._-]{0,9}", fullmatch=True)) + str(number)
        addresses = draw(st.lists(_ADDRESS, min_size=1, max_size=3, unique=True))
        fields = Fields(
            id=identity,
            organisation=draw(_NAME | _HOSTILE),
            contacts=tuple((draw(st.just("") | _NAME | _HOSTILE), one) for one in addresses),
            languages=tuple(draw(st.permutations(["zh", "ja", "en"]))[: draw(st.integers(1, 3))]),
            formats=draw(st.sampled_from([("pdf",), ("html",), ("pdf", "html")])),
            protection=draw(st.sampled_from(["none", "mark", "password", "link"])),
            active_from=first.isoformat() if first else "",
            active_to=last.isoformat() if last else "",
            house=draw(st.sampled_from(["yes", ""])),
        )
        try:
            found[identity] = client_of(fields)
        except FieldsError:
            continue
    return list(found.values())


@settings(max_examples=60, deadline=None)
@given(_clients())
def test_an_exported_list_is_imported_the_same(clients: list[Client]) -> None:
    """Names of any script and shape, several contacts, every field; no cell is a formula."""
    content = export(clients)
    assert content.startswith(codecs.BOM_UTF8)
    found = import_list(content)
    assert found.bad == ()
    assert list(found.clients) == clients
    cells = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert not any(cell[:1] in "=+-@＝＋－＠\t\r" for row in cells for cell in row if cell)


# -- any bytes ----------------------------------------------------------------------------------

_PIECES = st.sampled_from(
    [
        *(HEADER, ZH, JA, "sep=;\n", '"', '""', ",", ";", "\t", "\r", "\n", "\r\n", "\0", "\ufeff"),
        *("a,A,a@a.cn,zh\n", "=1+1", "＠", "\u202e", "\ud7ff", "王", "ｱ", "x" * 140_000, "'=x"),
        *(string.printable, "a@b@c", "=?utf-8?q?x?=", "2026-01-01", "(con),aux,a@a.cn,en\n"),
    ]
)
_CODECS = st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "cp932", "utf-16", "cp950"])


@st.composite
def _content(draw: st.DrawFn) -> bytes:
    text = "".join(draw(st.lists(_PIECES, max_size=8)))
    made = text.encode(draw(_CODECS), "replace")
    cut = draw(st.integers(0, len(made)))
    return made[:cut] + draw(st.binary(max_size=8)) + made[cut:]


def _read_any(content: bytes, encoding: str | None) -> None:
    """Read it, or hear why not; every client that comes of it is sound."""
    try:
        found = import_list(content, encoding)
    except (DataError, UsageError):
        return
    for one in found.bad:
        assert one.line >= 1
        assert one.reason.isprintable()
    if not found.bad:
        assert import_list(export(found.clients)).clients == found.clients


@settings(max_examples=150, deadline=2_000)
@given(_content() | st.binary(max_size=200), st.sampled_from([None, "gb18030", "utf-8", "cp932"]))
def test_any_bytes_are_read_or_refused(content: bytes, encoding: str | None) -> None:
    """No crash, nothing longer than two seconds, no client that is not checked."""
    _read_any(content, encoding)


@pytest.mark.long
@settings(max_examples=30_000, deadline=2_000)
@given(_content() | st.binary(max_size=2_000), st.sampled_from([None, "gb18030", "utf-8", "cp932"]))
def test_very_many_bytes_are_read_or_refused(content: bytes, encoding: str | None) -> None:
    """The same for minutes."""
    _read_any(content, encoding)
