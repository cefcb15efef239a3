"""Personal copies: a report with a client's name on it and a hidden mark in it, made and traced."""

from reportgen.deliver.copies.mark import Mark
from reportgen.deliver.copies.page import html_copy
from reportgen.deliver.copies.personal import Base, copy, prepare
from reportgen.deliver.copies.protection import encrypted

__all__ = ["Base", "Mark", "copy", "encrypted", "html_copy", "prepare"]
