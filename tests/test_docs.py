"""The settings, the README and `.env.example` name the same things."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = ROOT / "portal" / "settings.py"


def read_by_the_code() -> set[str]:
    code = SETTINGS.read_text()
    return set(re.findall(r'(?:env\.\w+|_secret|_flag|_number|environ\.get)\(\s*"([A-Z_]+)"', code))


def test_each_setting_is_in_the_example_file() -> None:
    example = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert example == read_by_the_code()


def test_each_setting_has_a_row_in_the_readme() -> None:
    rows = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE))
    assert read_by_the_code() <= rows
    assert rows - read_by_the_code() == {"PORT", "SANDBOX_PORT", "SANDBOX_FILL"}, "run.py and the sandbox read these"


def test_the_pages_of_the_readme_exist() -> None:
    for target in re.findall(r"\]\(((?!https?:|#)[^)]+)\)", (ROOT / "README.md").read_text()):
        assert (ROOT / target.partition("#")[0]).exists(), target
