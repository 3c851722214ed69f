"""Form fields that several pages share."""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from pathlib import Path

from dash import ClientsideFunction, Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from dashboards.frame import glyph
from dashboards.words import Say, say_term
from monitor.adapters.photographs import add_photograph
from monitor.categories import SEVERITIES
from monitor.issues import LONGEST_WORDS, Photograph


def field(label: str, body: Component, *, needed: str = "", aside: Component | None = None) -> Component:
    """A labelled field; `needed` marks one that must be filled."""
    mark = html.Span(needed, className="needed") if needed else None
    return html.Div(
        [html.Div([html.Span(label, className="field-name"), mark, aside], className="field-head"), body],
        className="field",
    )


def choice(id: str, options: Mapping[str, str], value: str | None = None) -> Component:
    """One of a few, as chips."""
    return dcc.RadioItems(
        id=id,
        className="chips",
        options=[{"label": label, "value": code} for code, label in options.items()],
        value=value,
    )


def picker(id: str, options: Mapping[str, str], say: Say, *, value: str | None = None) -> Component:
    """One of many, with a search."""
    return dcc.Dropdown(
        id=id,
        className="picker",
        options=[{"label": label, "value": code} for code, label in options.items()],
        value=value,
        clearable=False,
        maxHeight=320,
        placeholder=say("form.choose"),
        labels={
            "search": say("form.search"),
            "no_options_found": say("form.nothing_found"),
            "clear_search": say("form.clear"),
        },
    )


def writing(id: str, hint: str, value: str = "", rows: int = 4) -> Component:
    """Free text."""
    return dcc.Textarea(id=id, className="writing", placeholder=hint, value=value, rows=rows, maxLength=LONGEST_WORDS)


def photo(id: str, say: Say) -> Component:
    """A photograph from the camera or a file; assets/photo.js makes the inputs and keeps the picture small."""
    return html.Div(
        [
            dcc.Store(id=id),
            dcc.Store(id=f"{id}-ready"),
            dcc.Store(
                id=f"{id}-words",
                data={
                    "id": id,
                    "take": say("photo.take"),
                    "pick": say("photo.pick"),
                    "unreadable": say("photo.unreadable"),
                },
            ),
            html.Div(id=f"{id}-field", className="photo"),
        ]
    )


def register_photo(app: Dash, id: str) -> None:
    """Lets the script fill the photograph field."""
    app.clientside_callback(  # type: ignore[no-untyped-call]  # dash is untyped here
        ClientsideFunction("photo", "start"), Output(f"{id}-ready", "data"), Input(f"{id}-words", "data")
    )


def stored(evidence: Path, data_url: str | None) -> tuple[Photograph, ...]:
    """The photograph of a form, stored; empty if there is none. Raises PhotographRefused, OSError."""
    if not data_url:
        return ()
    try:
        content = b64decode(data_url.partition(",")[2], validate=True)
    except NotBase64:
        content = b""
    return (add_photograph(evidence, content),)


def notice(said: str, refused: bool) -> Component:
    """What came of a button: one sentence."""
    icon = "exclamation-circle" if refused else "circle-check"
    return html.Div(
        [glyph(icon), html.Span(said)], className="notice is-refused" if refused else "notice", role="alert"
    )


def severities(tongue: str) -> dict[str, str]:
    """The three severities."""
    return {str(severity): f"{severity} {say_term(term, tongue)}" for severity, term in SEVERITIES.items()}
