"""Where figures and tables stand on the page, so that they leave no holes above them.

WeasyPrint keeps a figure whole and in its place: one that does not fit ends the page early. From
the heights of a first layout the pages are filled again in thought, with every order in which
figures and tables pass a few paragraphs of their own subsection, and the shortest is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from math import floor

FARTHEST = 4
"""How many paragraphs a figure may pass: it stays close to its mention."""

PRICE = 9.0
"""What passing a paragraph must gain, px, so that nothing moves for nothing."""

HOLE = 2.0
"""What the square of an empty foot costs, in pages: two small holes are better than a large one."""

_KEPT = 24
_ORPHANS = 2


class Kind(Enum):
    """How a block behaves at the foot of a page, and whether it may change places."""

    TEXT = "lines that may be parted, may be passed"
    LONG = "rows that may be parted, never passed"
    HEAD = "stays with what follows"
    WHOLE = "never parted, never passed"
    MOVABLE = "never parted, may pass paragraphs"


@dataclass(frozen=True)
class Block:
    """A block of the flow.

    Attributes:
        kind: how it behaves.
        height: px, without margins.
        above: margin above, px.
        below: margin below, px.
        line: height of a line or row at which it may be parted, px.
        group: the subsection it belongs to; nothing leaves it.
        starts_page: whether a page begins with it.
        beside: height of the side note that begins with it and is never parted, px.
        fixed: what stands above the first row of a long block: caption and heads, px.
        repeated: what stands above its rows again on the next page, px.
    """

    kind: Kind
    height: float
    above: float = 0.0
    below: float = 0.0
    line: float = 23.0
    group: int = 0
    starts_page: bool = False
    beside: float = 0.0
    fixed: float = 0.0
    repeated: float = 0.0


@dataclass(frozen=True)
class _Fill:
    """Pages filled so far.

    Attributes:
        end: where the last block ends, px from the top of the first page.
        below: the margin below it, px.
        price: what the changes of place and the empty feet so far cost, px.
        order: the blocks in the order they were set.
        noted: where the last side note ends, px from the top of the first page.
    """

    end: float = 0.0
    below: float = 0.0
    price: float = 0.0
    order: tuple[int, ...] = ()
    noted: float = 0.0

    @property
    def cost(self) -> float:
        """What is compared: the length of the document and the price of its changes, px."""
        return self.end + self.price


def best_order(blocks: Sequence[Block], page: float) -> tuple[int, ...]:
    """The order of the blocks that fills the fewest pages.

    Figures and tables keep their order among themselves, and so do paragraphs.

    Args:
        blocks: the flow in its present order.
        page: height of a page's content, px.

    Returns:
        The indexes of the blocks in their new order.
    """
    fills = [_Fill()]
    for run in _runs(blocks):
        fills = _run_orders(blocks, run, fills, page)
    return min(fills, key=lambda fill: fill.cost).order


def _runs(blocks: Sequence[Block]) -> Iterator[list[int]]:
    """Paragraphs, figures and tables of one subsection together, every other block alone."""
    run: list[int] = []
    for index, block in enumerate(blocks):
        loose = block.kind in (Kind.TEXT, Kind.MOVABLE) and not block.starts_page
        if run and (not loose or blocks[run[-1]].group != block.group):
            yield run
            run = []
        if loose:
            run.append(index)
        else:
            yield [index]
    if run:
        yield run


def _run_orders(
    blocks: Sequence[Block], run: list[int], fills: list[_Fill], page: float
) -> list[_Fill]:
    """The best fills behind a run, over every order that its blocks may take."""
    texts = [index for index in run if blocks[index].kind is not Kind.MOVABLE]
    figures = [index for index in run if blocks[index].kind is Kind.MOVABLE]
    home = {index: sum(text < index for text in texts) for index in figures}
    led = bool(texts) and run[0] == texts[0]
    reached: dict[tuple[int, int], list[_Fill]] = {(0, 0): fills}
    for set_texts in range(len(texts) + 1):
        for set_figures in range(len(figures) + 1):
            here = _cheapest(reached.pop((set_texts, set_figures), []))
            if (set_texts, set_figures) == (len(texts), len(figures)):
                return here
            if set_texts < len(texts):
                text = texts[set_texts]
                added = [_set(blocks, text, fill, page) for fill in here]
                reached.setdefault((set_texts + 1, set_figures), []).extend(added)
            if set_figures < len(figures):
                figure = figures[set_figures]
                passed = abs(set_texts - home[figure])
                if passed <= FARTHEST and not (led and not set_texts):
                    added = [_set(blocks, figure, fill, page, PRICE * passed) for fill in here]
                    reached.setdefault((set_texts, set_figures + 1), []).extend(added)
    raise AssertionError("the last pair of a run returns")


def _cheapest(fills: list[_Fill]) -> list[_Fill]:
    """The best few fills, one for each place they end at."""
    best: dict[int, _Fill] = {}
    for fill in sorted(fills, key=lambda fill: (fill.cost, fill.order)):
        best.setdefault(round(fill.end), fill)
    return list(best.values())[:_KEPT]


def _set(
    blocks: Sequence[Block], index: int, fill: _Fill, page: float, price: float = 0.0
) -> _Fill:
    """The fill after a block was set on the page, or on the next one."""
    block = blocks[index]
    start = floor(fill.end / page + 1e-9) * page
    used = fill.end - start
    if block.starts_page and used:
        start, used = start + page, 0.0
    gap = max(fill.below, block.above) if used else 0.0
    if block.kind not in (Kind.TEXT, Kind.HEAD):  # these stand below the note, not beside it
        gap = max(gap, fill.noted - start - used)
    room = page - used - gap + 0.5
    top = start + used + gap
    if block.height + _kept_below(blocks, index) <= room and block.beside <= room:
        end = top + block.height
    elif block.kind in (Kind.TEXT, Kind.LONG):
        left = _left_over(room if block.beside <= room else 0.0, block)
        top, end = (start + page if left >= block.height else top), start + page + left
    else:
        top, end = start + page, start + page + block.height
    if top >= start + page and used:
        price += HOLE * (page - used) ** 2 / page
    noted = top + block.beside if block.beside else fill.noted
    return _Fill(end, block.below, fill.price + price, (*fill.order, index), noted)


def _kept_below(blocks: Sequence[Block], index: int) -> float:
    """What must stand below a heading on its page, px: the next heading, two lines, a figure."""
    block = blocks[index]
    if block.kind is not Kind.HEAD or index + 1 == len(blocks):
        return 0.0
    following = blocks[index + 1]
    gap = max(block.below, following.above)
    if following.kind in (Kind.TEXT, Kind.LONG):
        least = following.fixed + _ORPHANS * following.line
        return gap + max(following.beside, min(following.height, least))
    return gap + max(following.height + _kept_below(blocks, index + 1), following.beside)


def _left_over(room: float, block: Block) -> float:
    """What of a parted text or table goes to the next page, px."""
    lines = max(1, round((block.height - block.fixed) / block.line))
    fewest = _ORPHANS + (1 if block.fixed else 0)
    here = min(floor((room - block.fixed) / block.line), lines - _ORPHANS)
    if here < fewest:
        return block.height
    return block.repeated + (lines - here) * block.line
