"""Publishing: an edition from its plan to archive and site, once, whole, resumable step by step."""
