"""The models: one file per question, pure functions with typed results.

A model takes plain numbers, arrays or pandas series that end at the as-of date, and
returns a frozen dataclass of plain numbers. It reads no file, no clock and no global
random state, and it returns states ("ample", "falling"), never sentences.
"""
