"""One mail: its header, its parts, its bytes, read again before anything leaves."""
