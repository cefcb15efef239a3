"""The site: pages, feeds and a search over all editions, made from the archive alone."""

from reportgen.site.write import digest, left_out, write

__all__ = ["digest", "left_out", "write"]
