"""What of YAML is read, and what is refused in one sentence."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.document import read
from config.mistakes import ConfigError


def document(directory: Path, text: str | bytes) -> Path:
    path = directory / "site.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("-0.5", -0.5),
        (".1", 0.1),
        ("1e3", 1000.0),
        ("true", True),
        ("yes", "yes"),
        ("12:00", "12:00"),
        ("2026-10-01", "2026-10-01"),
        ("0371002", 371002),
        ("'371002'", "371002"),
        ("!!str 5", "5"),
        (".inf", ".inf"),
        ("", None),
        ("~", None),
        ("123456789012345678901234567890", 1.2345678901234568e29),
        ("[1, {a: b}]", [1, {"a": "b"}]),
    ],
)
def test_reads_what_json_can_say(tmp_path: Path, text: str, value: object) -> None:
    assert read(document(tmp_path, f"key: {text}\n")).values == {"key": value}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "site.yaml (document): expected a mapping of keys, found no mapping"),
        ("- a\n", "site.yaml (document): expected a mapping of keys, found no mapping"),
        (
            "a: [1\n",
            "site.yaml:2 (document): expected YAML, found a syntax error (expected ',' or ']', but got '<stream end>')",
        ),
        (
            "a: 1\n---\nb: 2\n",
            "site.yaml:2 (document): expected YAML, found a syntax error (but found another document)",
        ),
        ("a: *b\n", "site.yaml:1 (document): expected YAML, found a syntax error (found undefined alias 'b')"),
        (b"a: \xff\n", "site.yaml (document): expected UTF-8 text, found other bytes"),
        ("a: \x00\n", "site.yaml (document): expected YAML, found a syntax error (unacceptable character #x0000"),
        ("a: &a [*a]\n", "site.yaml (document): expected at most some hundred levels of nesting, found more"),
        ("a: " + "[" * 5000, "site.yaml (document): expected at most some hundred levels of nesting, found more"),
    ],
)
def test_refuses_in_one_sentence(tmp_path: Path, text: str | bytes, sentence: str) -> None:
    with pytest.raises(ConfigError) as refused:
        read(document(tmp_path, text))
    assert str(refused.value).replace(f"{tmp_path}/", "").startswith(sentence)
    assert "\n" not in str(refused.value)


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"expected a readable file, found No such file or directory$"):
        read(tmp_path / "nowhere.yaml")


def test_aliases_may_share_but_not_multiply(tmp_path: Path) -> None:
    assert read(document(tmp_path, "a: &hours [1, 2]\nb: *hours\n")).values == {"a": [1, 2], "b": [1, 2]}
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
    )
    with pytest.raises(ConfigError, match="aliases multiply"):
        read(document(tmp_path, bomb))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: 1\nb: {c: 1, c: 2}\n", "site.yaml:2 b.c: expected each key once, found it a second time"),
        ("1: a\n", "site.yaml:1 (document): expected keys that are text, found the key '1'"),
        ("a: !!binary aGk=\n", "site.yaml:1 a: expected plain text, a number, true, false or nothing, found"),
        ('a: "\\ud800"\n', "site.yaml:1 a: expected plain text, a number, true, false or nothing, found"),
    ],
)
def test_goes_on_after_a_mistake_inside(tmp_path: Path, text: str, sentence: str) -> None:
    (mistake,) = read(document(tmp_path, text)).mistakes
    assert str(mistake).replace(f"{tmp_path}/", "").startswith(sentence)


def test_an_overlay_merges_mappings_and_replaces_the_rest(tmp_path: Path) -> None:
    below = read(document(tmp_path, "broker: {host: a, port: 1}\nhalls: [{id: x}]\n"))
    above = below.over({"broker": {"port": 2}, "halls": [{"id": "y"}], "name": "n"})
    assert above.values == {"broker": {"host": "a", "port": 2}, "halls": [{"id": "y"}], "name": "n"}
    assert above.mistake(("halls", 0, "id"), "e", "f").line is None
    assert str(below.mistake(("halls", 0, "area"), "e", "f")).endswith("site.yaml:2 halls[x].area: expected e, found f")


@given(st.text() | st.text(alphabet="abc:-[]{}&*!|>'\"%@`,?# \n\t012.~<"))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = document(tmp_path_factory.getbasetemp(), text.encode("utf-8", "surrogatepass"))
    try:
        read(path)
    except ConfigError as error:
        assert len(error.mistakes) == 1
