"""Roster files: CSV and Excel tables read into rows of cells, and the template to fill."""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from flask import Flask, Response, abort
from openpyxl import DEFUSEDXML, Workbook, load_workbook

from dashboards.arranging import ANYONE, sentence
from dashboards.office import DIRECTOR, Office
from dashboards.roster_rows import COLUMNS, Cell, Cells
from dashboards.visit import visit
from dashboards.words import LANGUAGES, Say, say_term, words
from monitor.calendar import today
from monitor.roster import ARRANGEMENTS, REASONS, Arrangement, Refused
from monitor.terms import Term

LARGEST = 1024 * 1024
"""Bytes of a file."""
UNPACKED = 32 * 1024 * 1024
"""Bytes of what an Excel file holds."""
MOST = 2000
"""Rows of a file."""
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

assert DEFUSEDXML, "defusedxml: expected it installed, so that openpyxl reads no XML that expands itself"


def rows(content: bytes) -> Sequence[tuple[int, Cells]]:
    """The rows of a file with their numbers, the head being 1; empty ones left out. Raises Refused."""
    if len(content) > LARGEST:
        raise refusal("roster.file.large", found=f"{len(content) / 1024 / 1024:.1f}")
    lines = _excel(content) if content[:2] == b"PK" else _csv(content)
    head = next(lines, None)
    columns = _columns(head or [])
    found = [(n, dict(zip(columns, line, strict=False))) for n, line in enumerate(lines, 2) if any(line)]
    if len(found) > MOST:
        raise refusal("roster.file.long", most=str(MOST))
    if not found:
        raise refusal("roster.file.empty")
    return found


def refusal(key: str, **values: str) -> Refused:
    """A sentence of the table as a refusal."""
    return Refused(sentence(key, **values))


def _columns(head: Sequence[Cell]) -> list[str]:
    """The columns that a head names, in either language; unknown ones are passed over."""
    names = {words(language)(f"roster.column.{one}"): one for one in COLUMNS for language in LANGUAGES}
    found = [names.get(str(cell or "").strip(), "") for cell in head]
    missing = [one for one in COLUMNS[:4] if one not in found]
    if missing:
        says = [words(language) for language in LANGUAGES]
        named = [say("form.and").join(say(f"roster.column.{one}") for one in missing) for say in says]
        zh, en = (say("roster.file.head", missing=names) for say, names in zip(says, named, strict=True))
        raise Refused(Term(zh, en))
    return found


def _csv(content: bytes) -> Iterator[Sequence[Cell]]:
    """UTF-8 with or without its mark, or GB18030, as Chinese Excel writes it."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError:
            raise refusal("roster.file.unreadable") from None
    if "\0" in text:
        raise refusal("roster.file.unreadable")
    first = text.partition("\n")[0]
    separator = max(",\t;", key=first.count)
    try:
        yield from ([cell.strip() for cell in line] for line in csv.reader(io.StringIO(text), delimiter=separator))
    except csv.Error:
        raise refusal("roster.file.unreadable") from None


def _excel(content: bytes) -> Iterator[Sequence[Cell]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked > UNPACKED:
            raise refusal("roster.file.large", found=f"{unpacked / 1024 / 1024:.1f}")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        lines = [
            [_cell(value) for value in line]
            for line in sheet.iter_rows(max_row=MOST + 2, max_col=3 * len(COLUMNS), values_only=True)
        ]
        book.close()
    except Refused:
        raise
    except Exception as error:  # whatever a broken or hostile file makes the library raise
        raise refusal("roster.file.unreadable") from error
    yield from lines


def _cell(value: object) -> Cell:
    if isinstance(value, datetime):
        return (value + timedelta(seconds=30)).replace(second=0, microsecond=0)  # Excel keeps shares of days
    return value if isinstance(value, str | date) or value is None else str(value)


def example(office: Office, say: Say, tongue: str) -> list[list[str]]:
    """The head and two rows that show how it is meant."""
    hall = office.settings.halls[0]
    day = f"{today(office.clock()):%Y-%m-%d}"
    first, *more = (window.id for window in hall.windows)
    leave = [
        hall.id,
        first,
        say_term(ARRANGEMENTS[Arrangement.LEAVE], tongue),
        f"{day} 00:00",
        f"{day} 24:00",
        "",
        ANYONE,
        DIRECTOR,
    ]
    lunch = [
        hall.id,
        more[0] if more else first,
        say_term(ARRANGEMENTS[Arrangement.OPEN], tongue),
        f"{day} 12:00",
        f"{day} 13:30",
        "",
        "",
        DIRECTOR,
    ]
    return [[say(f"roster.column.{one}") for one in COLUMNS], leave, lunch]


def legend(say: Say, tongue: str) -> list[list[str]]:
    """What may stand in the cells."""
    kinds = [say_term(term, tongue) for kind, term in ARRANGEMENTS.items()]
    reasons = [say_term(term, tongue) for term in REASONS.values()]
    return [
        [say("roster.column.kind"), *kinds],
        [say("roster.column.reason"), *reasons],
        [say("roster.column.substitute"), say("roster.legend.substitute")],
        [say("roster.column.until"), say("roster.legend.until")],
    ]


def serve_templates(server: Flask, office: Office) -> None:
    """Adds /roster/template.csv and /roster/template.xlsx."""

    @server.get("/roster/template.<kind>")
    def template(kind: str) -> Response:
        if kind not in ("csv", "xlsx") or not office.settings.halls:
            abort(404)
        here = visit()
        lines = example(office, here.say, here.language)
        content = _csv_of(lines) if kind == "csv" else _excel_of(lines, legend(here.say, here.language))
        return Response(
            content,
            mimetype="text/csv" if kind == "csv" else EXCEL,
            headers={"Content-Disposition": f'attachment; filename="roster.{kind}"', "Cache-Control": "no-store"},
        )


def _csv_of(lines: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    return text.getvalue().encode("utf-8-sig")


def _excel_of(lines: Sequence[Sequence[str]], notes: Sequence[Sequence[str]]) -> bytes:
    book = Workbook()
    sheets = (book.worksheets[0], book.create_sheet("Notes"))
    for sheet, content in zip(sheets, (lines, notes), strict=True):
        for line in content:
            sheet.append(list(line))
        for column in "ABCDEFGHI":
            sheet.column_dimensions[column].width = 20
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()
