"""The configuration: defaults ship, the file and the environment change them, typos are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from reportgen.config import Settings, load
from reportgen.errors import ConfigError, MissingInputError

ROOT = Path(__file__).parent.parent


def written(folder: Path, text: str) -> Path:
    """Return a configuration file with that text."""
    path = folder / "reportgen.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_states_the_defaults() -> None:
    """The file in the repository changes nothing: it shows the keys and their defaults."""
    example, plain = load(ROOT / "reportgen.toml", {}), Settings()
    assert example.publisher == plain.publisher
    assert example.report == plain.report
    assert (example.build.paths, example.build.jobs) == (plain.build.paths, plain.build.jobs)


def test_without_a_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without a configuration file is no error."""
    monkeypatch.chdir(tmp_path)
    assert load(None, {}) == Settings()


def test_paths_are_taken_from_the_folder_of_the_file(tmp_path: Path) -> None:
    """A path in the file means the same wherever the program is started."""
    settings = load(written(tmp_path, '[build]\noutput = "out"\n[fonts]\nfolder = ""\n'), {})
    assert settings.build.output == str(tmp_path / "out")
    assert settings.fonts.folder == ""


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    """REPORTGEN_SECTION__KEY replaces the file's value; lists are separated by commas."""
    path = written(tmp_path, '[build]\njobs = 1\n[report]\nlanguages = ["en"]\n')
    settings = load(
        path,
        {
            "REPORTGEN_BUILD__JOBS": "2",
            "REPORTGEN_REPORT__LANGUAGES": "zh, ja",
            "REPORTGEN_PUBLISHER__COLOURS__PRIMARY": "#102030",
            "REPORTGEN_PUBLISHER__DISCLAIMER__EN": "No advice.",
            "REPORTGEN_TOKEN": "a name without two underscores is not a setting",
        },
    )
    assert settings.build.jobs == 2
    assert settings.report.languages == ("zh", "ja")
    assert settings.publisher.colours.primary == "#102030"
    assert settings.publisher.disclaimer == {"en": "No advice."}


@pytest.mark.parametrize(
    ("text", "sentence", "hint"),
    [
        ("[publisher]\nnmae = 'x'", "reportgen.toml: unknown key publisher.nmae", "mean name"),
        ("[pulisher]\nname = 'x'", "reportgen.toml: unknown key pulisher", "mean publisher"),
        ("[publisher.colours]\nprimay = ''", "unknown key publisher.colours.primay", "primary"),
        ("[build]\njobs = 'two'", "reportgen.toml: build.jobs: expected int", ""),
        ("[build]\njobs = 65", "reportgen.toml: build.jobs: expected int <= 64", ""),
        ("[publisher.colours]\nprimary = 'red'", "publisher.colours.primary: expected", ""),
        ("[report]\nformats = ['doc']", "reportgen.toml: report.formats", ""),
        ("[build\n", "reportgen.toml: this is not valid TOML", ""),
    ],
)
def test_a_mistake_is_named_with_file_and_key(
    tmp_path: Path, text: str, sentence: str, hint: str
) -> None:
    """Unknown keys come with the nearest known one; wrong values with what is expected."""
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, text), {})
    assert sentence in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("REPORTGEN_BUILD__JOB", "2", "names no setting"),
        ("REPORTGEN_BUILD__JOBS__TWICE", "2", "names no setting"),
        ("REPORTGEN_BUILD__JOBS", "many", "is 'many': expected int"),
        ("REPORTGEN_PUBLISHER__COLOURS", "#fff", "names a section"),
    ],
)
def test_a_mistaken_variable_is_named(variable: str, value: str, sentence: str) -> None:
    """A variable that means nothing is refused, not passed over."""
    with pytest.raises(ConfigError, match=f"{variable} .*{sentence}"):
        load(None, {variable: value})


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    """Asking for a file that is not there is an error, unlike having none."""
    with pytest.raises(MissingInputError, match=r"absent\.toml: there is no such file"):
        load(tmp_path / "absent.toml", {})
