"""The door: loopback names only, changes from our own pages only, nothing but pictures out of the evidence."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dashboards.guard import UPLOAD_BYTES
from tests.dashboards.conftest import Site

UPDATE = "/_dash-update-component"


@pytest.fixture
def client(site: Site) -> FlaskClient:
    return site.app.test_client()


@pytest.mark.parametrize("host", ["127.0.0.1:8050", "localhost:8050", "LOCALHOST", "[::1]:8050"])
def test_loopback_names_are_answered(client: FlaskClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8050", "10.0.0.5", "[::2]"]
)
@pytest.mark.parametrize("path", ["/", "/live", "/evidence/alerts/0-start.jpg", "/_dash-layout"])
def test_another_name_is_refused_everywhere(client: FlaskClient, host: str, path: str) -> None:
    assert client.get(path, headers={"Host": host}).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_change_from_another_site_is_refused(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.post(UPDATE, json={}, headers={"Host": "127.0.0.1:8050", **headers}).status_code == 403


def test_every_answer_forbids_what_is_foreign(client: FlaskClient) -> None:
    headers = client.get("/").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "unsafe" not in scripts
    assert "http" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_an_upload_beyond_the_limit_is_refused(client: FlaskClient) -> None:
    assert client.post(UPDATE, data=bytes(UPLOAD_BYTES + 1), content_type="application/json").status_code == 413


def test_a_still_is_served_uncached(client: FlaskClient) -> None:
    with client.get("/evidence/alerts/0-start.jpg") as answer:
        assert (answer.status_code, answer.content_type) == (200, "image/jpeg")
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "/evidence/",
        "/evidence/alerts",
        "/evidence/alerts/",
        "/evidence/../hallwatch.db",
        "/evidence/%2e%2e/hallwatch.db",
        "/evidence/..%2fhallwatch.db",
        "/evidence//etc/passwd",
        "/evidence/alerts/none.jpg",
        "/evidence/secret.txt",
        "/evidence/outside.jpg",
        "/evidence/alerts%00.jpg",
        "/evidence/alerts/0-start.jpg/more.jpg",
        "/evidence/circle.jpg",
        f"/evidence/{'a' * 300}.jpg",
        f"/evidence/{'a/' * 3000}b.jpg",
    ],
)
def test_nothing_else_is_served(client: FlaskClient, site: Site, path: str) -> None:
    (site.evidence / "secret.txt").write_text("not a picture", encoding="utf-8")
    outside = site.evidence.parent / "outside.jpg"
    outside.write_bytes(b"not ours to show")
    (site.evidence / "outside.jpg").symlink_to(outside)
    (site.evidence / "circle.jpg").symlink_to("circle.jpg")
    with client.get(path) as answer:
        front_page = answer.status_code == 200 and b"_dash-config" in answer.data  # Dash's answer to any other address
        assert front_page or answer.status_code in (301, 308, 404)


def test_the_language_is_kept_in_a_cookie(client: FlaskClient) -> None:
    assert "lang=en" in client.get("/?lang=en").headers["Set-Cookie"]
    assert "Set-Cookie" not in client.get("/?lang=fr").headers


def test_every_dash_callback_is_known(client: FlaskClient) -> None:
    """A callback that is not in this list has not been thought of by whoever guards the pages."""
    outputs = {callback["output"].partition("@")[0] for callback in client.get("/_dash-dependencies").get_json()}
    assert outputs == {
        "page.children",
        "situation-started.data",
        "situation-toast.children",
        "..alert-judgement.children...alert-notice.children..",
        "alert-judgement.children",
        "issue-photo-ready.data",
        "..issue-body.children...issue-notice.children..",
        "patrol-photo-ready.data",
        "..patrol-place.options...patrol-place.value..",
        "..patrol-category.options...patrol-category.value..",
        "..patrol-body.children...patrol-notice.children..",
        "window-ready.data",
        "label-body.children",
        "..window-body.children...window-notice.children..",
        "url.search",
        "..roster-since.value...roster-until.value..",
        "quality-places.children",
        "roster-substitute-field.hidden",
        "..roster-listing.children...roster-paused.children...roster-form-notice.children...roster-history.children..",
        "..import-told.children...import-apply.disabled...import-name.children...roster-fresh.n_intervals..",
    }


def test_the_stream_begins_with_the_whole_state(client: FlaskClient, site: Site) -> None:
    with client.get("/live", buffered=False) as answer:
        assert answer.mimetype == "text/event-stream"
        assert str(next(iter(answer.response))).count("event: hall") == len(site.settings.halls)


def test_assets_are_the_pages_own(client: FlaskClient) -> None:
    folder = Path(__file__).parents[2] / "dashboards" / "assets"
    text = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.[cj]ss")) + client.get("/").get_data(
        as_text=True
    )
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert "https://" not in text
