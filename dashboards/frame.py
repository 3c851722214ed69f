"""What every page shares: icons, the way between pages."""

from dash import html
from dash.development.base_component import Component

from dashboards.words import Say

PAGES = {"situation": "/", "issues": "/issues", "patrol": "/patrol"}
"""Pages reached from the head of every page, in the users' order."""


def glyph(name: str) -> Component:
    """A local icon, drawn as a mask in the colour of the text beside it."""
    return html.I(className=f"icon i-{name}", **{"aria-hidden": "true"})


def navigation(here: str, say: Say) -> Component:
    """Links to the other pages."""
    links = [
        html.A(say(f"nav.{page}"), href=path, className="is-here" if page == here else "") for page, path in PAGES.items()
    ]
    return html.Nav(links, className="pages")


def toast(said: str, refused: bool, key: str) -> Component:
    """A sentence that leaves by itself."""
    icon = "exclamation-circle" if refused else "circle-check"
    return html.Div([glyph(icon), said], className="toast is-refused" if refused else "toast", key=key)
