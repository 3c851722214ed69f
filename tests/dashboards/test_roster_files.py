"""Roster files: CSV in the encodings of Chinese offices, Excel, templates — and hostile ones."""

import io
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from dashboards.roster_files import LARGEST, MOST, rows
from dashboards.roster_rows import Cell, Flaw, entry_of
from monitor.roster import Refused
from tests.dashboards.conftest import Site

HEAD = "大厅,窗口,安排,开始,结束,原因,顶岗窗口,批准人"
LINE = "hc01,w001,请假,2026-11-20,2026-11-22,,*,科室负责人"
TABLE = f"{HEAD}\r\n{LINE}\r\n\r\n"


def excel(*lines: Sequence[Cell]) -> bytes:
    book, kept = Workbook(), io.BytesIO()
    for line in lines:
        book.worksheets[0].append(list(line))
    book.save(kept)
    return kept.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        TABLE.encode(),
        TABLE.encode("utf-8-sig"),
        TABLE.encode("gb18030"),
        TABLE.replace(",", "\t").encode(),
        TABLE.replace(",", ";").encode(),
        excel(HEAD.split(","), LINE.split(",")),
        excel([*HEAD.split(","), "备注"], [*LINE.split(","), "不读"]),
    ],
    ids=["utf-8", "utf-8 with mark", "gb18030", "tabs", "semicolons", "excel", "more columns"],
)
def test_a_table_is_read_however_it_was_saved(content: bytes) -> None:
    ((number, cells),) = rows(content)
    assert number == 2
    assert [cells[name] or "" for name in ("hall", "window", "kind", "by")] == ["hc01", "w001", "请假", "科室负责人"]


def test_times_of_excel_are_times() -> None:
    ((_, cells),) = rows(excel(HEAD.split(","), ["hc01", "w001", "开窗", datetime(2026, 11, 20, 12, 0)]))  # noqa: DTZ001
    assert cells["since"] == datetime(2026, 11, 20, 12, 0)  # noqa: DTZ001


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/worksheets/sheet1.xml", b" " * 40_000_000)
    return packed.getvalue()


def entities() -> bytes:
    """A workbook whose strings expand themselves."""
    lol = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    old, new = io.BytesIO(excel(["x"])), io.BytesIO()
    with zipfile.ZipFile(old) as source, zipfile.ZipFile(new, "w") as target:
        for name in source.namelist():
            text = source.read(name).decode()
            target.writestr(name, lol + text.partition("?>")[2] if name.endswith("workbook.xml") else text)
    return new.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"x" * (LARGEST + 1), "过大"),
        (bomb(), "过大"),
        (entities(), "无法读取"),
        (b"PK\x03\x04 and nothing more", "无法读取"),
        (b"\xff\xfe\x00", "无法读取"),
        (b"a\0b", "无法读取"),
        (b"", "缺少列：大厅、窗口、安排、开始"),
        ("大厅,窗口\nx,y".encode(), "缺少列：安排、开始"),
        (HEAD.encode(), "没有安排"),
        ("\n".join([HEAD, *[LINE] * (MOST + 1)]).encode(), f"最多 {MOST} 行"),
    ],
    ids=["large", "bomb", "entities", "broken", "binary", "nul", "empty", "head", "no rows", "long"],
)
def test_what_cannot_be_read_is_one_sentence(content: bytes, says: str) -> None:
    with pytest.raises(Refused) as refused:
        rows(content)
    assert says in refused.value.zh
    assert refused.value.en


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"{HEAD}\n{text}".encode()))
def test_no_file_is_too_strange(content: bytes) -> None:
    with suppress(Refused):
        assert rows(content)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_template_can_be_read_back(site: Site, kind: str, language: str) -> None:
    answer = site.app.test_client().get(f"/roster/template.{kind}?lang={language}")
    assert f"roster.{kind}" in answer.headers["Content-Disposition"]
    found = rows(answer.data)
    assert [number for number, _ in found] == [2, 3]
    assert not [one for row in found if isinstance(one := entry_of(*row, site.settings), Flaw)]
    if kind == "xlsx":
        assert len(load_workbook(io.BytesIO(answer.data)).worksheets) == 2
    assert site.app.test_client().get("/roster/template.exe").status_code == 404
