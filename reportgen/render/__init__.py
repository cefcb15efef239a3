"""The page: an assessment's HTML set as PDF and as one self-contained file for the screen."""
