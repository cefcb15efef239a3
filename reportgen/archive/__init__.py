"""The archive: folders written whole or not at all, editions that never change, their manifests."""

from reportgen.archive.folders import MANIFEST, check_writable, hashes, replacing, write_manifest

__all__ = ["MANIFEST", "check_writable", "hashes", "replacing", "write_manifest"]
