"""Every text in both languages, in one table, and none outside it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from camera_ingest.sample import Blind
from dashboards.words import WORDS, words

ROOM = Path(__file__).parents[2] / "dashboards"
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
SHOWN_AS_THEY_ARE = {"监督员", "巡查员", "责任单位", "窗口", "值班主任", "科室负责人", "分管领导"}
"""Posts as the records name them; `by.…` translates them."""


def test_every_text_has_both_languages() -> None:
    empty = [key for key, (zh, en) in WORDS.items() if not zh or (not en and not key.startswith("unit."))]
    assert empty == []


@pytest.mark.parametrize("reason", [*Blind, "quiet"])
def test_every_reason_why_a_camera_cannot_see_has_a_word(reason: str) -> None:
    assert f"blind.{reason}" in WORDS


def test_the_english_texts_are_english_and_take_the_same_values() -> None:
    values = re.compile(r"\{(\w+)\}")
    for key, (zh, en) in WORDS.items():
        if key != "head.other_language":  # names the other language in that language
            assert not CHINESE.search(en), key
        assert sorted(values.findall(zh)) == sorted(values.findall(en)), key


@pytest.mark.parametrize("path", sorted(ROOM.rglob("*.py")), ids=lambda path: path.relative_to(ROOM).as_posix())
def test_no_text_stands_outside_the_table(path: Path) -> None:
    if path.name == "words.py":
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    told = [text for text in literals(tree) if CHINESE.search(text) and text not in SHOWN_AS_THEY_ARE]
    assert told == []


def literals(tree: ast.Module) -> Iterator[str]:
    """Strings of a file that are not documentation."""
    documentation = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.value


@pytest.mark.parametrize("path", sorted((ROOM / "assets").glob("*.js")), ids=lambda path: path.name)
def test_no_script_holds_a_text_or_writes_markup(path: Path) -> None:
    script = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not CHINESE.search(script)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b", script)


def test_every_key_is_used_and_every_used_key_exists() -> None:
    sources = "\n".join(
        path.read_text(encoding="utf-8")
        for path in [*ROOM.rglob("*.py"), *(ROOM / "assets").glob("*.js")]
        if path.name != "words.py"
    )
    spoken = set(re.findall(r"""\bsay\(\s*["']([\w.-]*[\w-])["']""", sources))
    assert sorted(spoken - WORDS.keys()) == []
    composed = set(re.findall(r"""["']([a-z_]+\.)["{]""", sources)) | set(
        re.findall(r"""f["']([a-z_.]+\.)\{""", sources)
    )
    composed |= set(re.findall(r"""["'](\w[\w.]*\.)["'] \+""", sources))
    unused = [
        key for key in WORDS if f'"{key}"' not in sources and not any(key.startswith(prefix) for prefix in composed)
    ]
    assert unused == []


def test_an_unknown_language_speaks_chinese() -> None:
    assert words("fr")("nav.issues") == words("zh")("nav.issues") == "整改台账"


def test_every_icon_of_a_window_has_its_shape() -> None:
    script, style = ((ROOM / "assets" / name).read_text("utf-8") for name in ("live.js", "1-base.css"))
    table = re.search(r"STATE_ICON = \{(.*?)\};", script, re.DOTALL)
    assert table is not None
    for name in re.findall(r': "([a-z-]+)"', table[1]):
        assert f".i-{name} {{" in style
