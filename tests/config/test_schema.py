"""From a YAML file to Settings: every kind of mistake and its sentence, and what a right file becomes."""

import json
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import make_url

from camera_ingest.camera import Login, Role
from config.mistakes import ConfigError
from config.schema import SHIPPED, load
from models.regions import Anchor, RegionKind
from monitor.presence import AbsenceRule
from tests.config.site import DELETE, SITE, loaded, site

SQUARE = [[0.1, 0.2], [0.3, 0.2], [0.3, 0.6], [0.1, 0.6]]
NO_LOGIN = "no user name or password inside the address (use `login`; an @ in a path is written %40)"
CAMERA = "rtsp://host[:port]/path, http(s)://host/path of a JPEG, or the path of a recorded file such as clip.mp4"


def region(**fields: Any) -> dict[str, Any]:
    return {"kind": "staff", "window": "w002", "polygon": SQUARE, **fields}


MISTAKES = [
    # shape
    ("version", DELETE, "version: expected a value, found nothing"),
    ("version", 2, "version: expected 1, found 2"),
    ("name", 5, "name: expected text (numbers and dates in quotes), found 5"),
    ("nmae", "x", "nmae: expected a known key (perhaps name?), found this one"),
    ("simulated", "yes", "simulated: expected true or false, found 'yes'"),
    ("halls", {}, "halls: expected a list, found an empty mapping"),
    ("halls.0", "hc01", "halls[0]: expected a mapping of keys, found 'hc01'"),
    ("halls.0.level", "province", "halls[hc01].level: expected 'city', 'district' or 'town', found 'province'"),
    ("halls.0.segments.0.end", 720, 'halls[hc01].segments[0].end: expected a time such as "08:30", found 720'),
    ("halls.0.segments.0.days", [], "halls[hc01].segments[0].days: expected different days from 1 (Monday) to 7"),
    ("halls.0.segments.0.days", [1, 1], "halls[hc01].segments[0].days: expected different days"),
    ("halls.0.segments.0.days", [0], "halls[hc01].segments[0].days: expected different days"),
    ("halls.0.segments.0.end", "08:00", "halls[hc01].segments[0].end: expected a time after 08:30, found 08:00"),
    ("halls.0.segments.0.end", "12:00Z", "halls[hc01].segments[0].start: expected local times without an offset"),
    ("cameras.0.role", "spy", "cameras[c1].role: expected 'window', 'queue', 'entrance', 'self-service' or 'public'"),
    ("cameras.0.cadence_s", 0.5, "cameras[c1].cadence_s: expected greater than or equal to 1, found 0.5"),
    ("cameras.0.cadence_s", True, "cameras[c1].cadence_s: expected a number, found true"),
    ("calendar.holidays", ["1 May"], "calendar.holidays[0]: expected a date such as 2026-10-01, found '1 May'"),
    ("calendar.country", "xx", "calendar.country: expected one of cn, found 'xx'"),
    ("calendar", {"holidays": ["2027-01-02"], "workdays": ["2027-01-02"]}, "calendar.workdays: expected only days"),
    # names
    ("areas.0.code", "3710", "areas[3710].code: expected 6 characters of a-z and 0-9 in quotes, found '3710'"),
    ("areas.+", {"code": "371002", "name": "x"}, "areas[371002].code: expected each one once, found '371002' a second"),
    ("halls.0.id", "Hall 1", "halls[0].id: expected 1 to 32 of a-z, 0-9 and -, found 'Hall 1'"),
    ("halls.0.area", "371003", "halls[hc01].area: expected the code of one of `areas`, found '371003'"),
    ("halls.0.windows.1.id", "w001", "halls[hc01].windows[w001].id: expected each one once, found 'w001' a second"),
    ("halls.0.windows.1.zone", "zz", "halls[hc01].windows[w002].zone: expected the id of one of the hall's `zones`"),
    ("cameras.+", SITE["cameras"][0], "cameras[c1].id: expected each one once, found 'c1' a second time"),
    ("cameras.0.hall", "hc02", "cameras[c1].hall: expected the id of one of `halls`, found 'hc02'"),
    ("cameras.0.regions.0.window", "w9", "cameras[c1].regions[0].window: expected a window of the camera's hall"),
    ("cameras.0.regions.1.zone", "z9", "cameras[c1].regions[1].zone: expected a zone of the camera's hall, found 'z9'"),
    ("cameras.0.regions.+", region(window="w001"), "cameras[c1].regions[2].id: expected an id that is unique within"),
    ("cameras.0.regions.+", region(id="W 1"), "cameras[c1].regions[2].id: expected 1 to 32 of a-z, 0-9 and -"),
    ("devices.0.id", "b", "devices[b].id: expected 3 to 32 of a-z, 0-9 and -, found 'b'"),
    ("devices.0.window", "w9", "devices[btn-1].window: expected a window of its hall, found 'w9'"),
    ("devices.0.hall", "hc02", "devices[btn-1].hall: expected the id of one of `halls`, found 'hc02'"),
    ("devices.0.scale_id", "KEY9", "devices[btn-1].scale_id: expected the id of a rating scale, found 'KEY9'"),
    ("devices.0.type", "smiley", "devices[btn-1].type: expected 'button', 'tablet', 'coin'"),
    ("scales", [{"id": "NAT5", "levels": {}}], "scales[NAT5].id: expected each one once, found 'NAT5' a second time"),
    ("scales", [{"id": "X", "levels": {"1": 6}}], "scales[X].levels.1: expected a level from 1 (worst) to 5 (best)"),
    # regions
    ("cameras.0.regions.0.polygon", [[0.1, 0.1]], "cameras[c1].regions[0].polygon: expected at least 3 points"),
    ("cameras.0.regions.0.polygon", [[0, 0], [0, 0], [1, 1]], "cameras[c1].regions[0].polygon: expected at least 3"),
    ("cameras.0.regions.0.polygon", [[0, 0], [0.5, 0.5], [1, 1]], "cameras[c1].regions[0].polygon: expected points ar"),
    ("cameras.0.regions.0.polygon", [[0, 0], [2, 0], [1, 1]], "cameras[c1].regions[0].polygon: expected points [x, y]"),
    ("cameras.0.regions.0.polygon", [[0, 0], [1, 1], [1, 0], [0, 1]], "cameras[c1].regions[0].polygon: expected the p"),
    ("cameras.0.regions.0.polygon", [[0, 0, 0]], "cameras[c1].regions[0].polygon[0]: expected two numbers [x, y]"),
    ("cameras.0.regions.0.zone", "za", "cameras[c1].regions[0].zone: expected no zone for a staff region, found 'za'"),
    ("cameras.0.regions.1.zone", DELETE, "cameras[c1].regions[1].zone: expected the zone that this queue region"),
    ("cameras.0.regions.0.person", 0, "cameras[c1].regions[0].person: expected greater than 0, found 0"),
    ("cameras.0.regions.0.person", 1.5, "cameras[c1].regions[0].person: expected less than or equal to 1, found 1.5"),
    ("cameras.0.regions.+", region(kind="mask"), "cameras[c1].regions[2].window: expected no window for a mask region"),
    # addresses
    ("cameras.0.url", "rtsp://admin:geheim@10.0.0.5/sub", f"cameras[c1].url: expected {NO_LOGIN}, found an @"),
    ("cameras.0.url", "10.0.0.5/sub", f"cameras[c1].url: expected {CAMERA}, found '10.0.0.5/sub'"),
    ("cameras.0.url", "ftp://10.0.0.5/a.jpg", f"cameras[c1].url: expected {CAMERA}, found 'ftp://10.0.0.5/a.jpg'"),
    ("cameras.0.url", "rtsp:///sub", f"cameras[c1].url: expected {CAMERA}, found 'rtsp:///sub'"),
    ("cameras.0.url", "rtsp://h:99999/", f"cameras[c1].url: expected {CAMERA}, found 'rtsp://h:99999/'"),
    ("cameras.0.url", "rtsp://h/\r\nX: y", f"cameras[c1].url: expected {CAMERA}, found 'rtsp://h/\\r\\nX: y'"),
    ("cameras.0.url", "http://[1", f"cameras[c1].url: expected {CAMERA}, found 'http://[1'"),
    ("stores.database", "postgresql://u:geheim@h/db", f"stores.database: expected {NO_LOGIN}, found one"),
    ("stores.database", "mysql://h/db", "stores.database: expected sqlite:///path or postgresql+psycopg://host/name"),
    # logins
    ("cameras.0.login", {"user": "a", "password": "geheim"}, "cameras[c1].login.password: expected a known key"),
    ("cameras.0.login", {"user_env": "HW_U", "file": "f"}, "cameras[c1].login: expected either `user_env` and"),
    (
        "cameras.0.login",
        {},
        "cameras[c1].login: expected either `user_env` and `password_env`, or `file`, found someth",
    ),
    ("cameras.0.login", {"user_env": "HW_U"}, "cameras[c1].login: expected either `user_env` and `password_env`, or"),
    (
        "cameras.0.login",
        {"user_env": "HW_USER", "password_env": "HW_NONE"},
        "cameras[c1].login.password_env: expected the environment variable HW_NONE to be set, found it missing",
    ),
    (
        "cameras.0.login",
        {"user_env": "HW_USER", "password_env": "geheim"},
        "cameras[c1].login.password_env: expected the name of a variable (A-Z, 0-9 and _), never the value, found",
    ),
    ("cameras.0.login", {"file": "none"}, "cameras[c1].login.file: expected a readable file none, found No such file"),
    ("cameras.0.login", {"file": "site.yaml"}, "cameras[c1].login.file: expected a user name and a password on the fi"),
    # rules
    ("rules.absence", {"yellow_s": -1}, "rules.absence.yellow_s: expected more than 0, found -1"),
    ("rules.absence", {"hint": 5}, "rules.absence.hint: expected a known key (perhaps hint_s?), found this one"),
    ("rules.absence", {"smooth_n": 2.5}, "rules.absence.smooth_n: expected a whole number, found 2.5"),
    ("rules.absence", {"present_from": 1.5}, "rules.absence.present_from: expected at most 1, found 1.5"),
    (
        "rules.absence",
        {"hint_s": 400},
        "rules.absence: expected hint_s ≤ yellow_s ≤ red_waiting_s ≤ red_s, found hint_s 400, yellow_s 300, red_wait",
    ),
    (
        "rules.absence",
        {"empty_below": 0.6},
        "rules.absence: expected empty_below ≤ present_from, found empty_below 0.6",
    ),
    ("rules.queue", {"yellow_close": 4}, "rules.queue: expected yellow_close < yellow_open, found yellow_close 4, yel"),
    ("rules.queue", {"red_close": 9}, "rules.queue: expected red_close < red_open, found red_close 9, red_open 8"),
    ("rules.queue", {"clear_s": 0}, "rules.queue.clear_s: expected more than 0, found 0"),
    # the rest
    ("broker.mode", "kafka", "broker.mode: expected 'embedded' or 'external', found 'kafka'"),
    ("broker.host", "0.0.0.0", "broker.host: expected one of 127.0.0.1, ::1, localhost: the embedded broker asks for"),
    (
        "broker",
        {"mode": "external", "host": ""},
        "broker.host: expected the name or the address of a machine, found ''",
    ),
    (
        "broker",
        {"mode": "external", "host": "mq..cn"},
        "broker.host: expected the name or the address of a machine, fo",
    ),
    ("broker.tls_ca", "none.pem", "broker.tls_ca: expected a readable certificate in none.pem, found No such file"),
    ("broker.tls_ca", "site.yaml", "broker.tls_ca: expected a readable certificate in site.yaml, found "),
    ("cameras.0.url", "rtsp://cam..cn/sub", f"cameras[c1].url: expected {CAMERA}, found 'rtsp://cam..cn/sub'"),
    ("broker.port", 0, "broker.port: expected greater than or equal to 1, found 0"),
    ("board.host", "0.0.0.0", "board.host: expected one of 127.0.0.1, ::1, localhost, because there is no sign-in yet"),
    ("board.port", 70000, "board.port: expected a port from 1 to 65535, found 70000"),
    ("detector.kind", "torch", "detector.kind: expected 'openvino' or 'ultralytics', found 'torch'"),
    ("detector.threshold", 1.5, "detector.threshold: expected a score between 0 and 1, found 1.5"),
    ("detector.device", "gpu", "detector.device: expected cpu, or the number of a CUDA device such as "),
    ("detector.device", "cuda:0", "detector.device: expected cpu, which is all that kind: openvino runs on, found"),
    # network
    ("reception", {"hall_mbit_s": 0}, "reception.hall_mbit_s: expected more than 0, found 0"),
    ("reception", {"mbit_s_by_hall": {"hc01": -1}}, "reception.mbit_s_by_hall.hc01: expected more than 0, found -1"),
    (
        "reception",
        {"mbit_s_by_hall": {"hc9": 1}},
        "reception.mbit_s_by_hall.hc9: expected the id of one of `halls`, found 'hc9'",
    ),
    (
        "reception",
        {"connections_by_host": {"10.0.0.6": 1}},
        "reception.connections_by_host.10.0.0.6: expected the host or host:port of an rtsp:// camera, found '10.0.0.6'",
    ),
    (
        "cameras.0.snapshot_url",
        "10.0.0.5/snap.jpg",
        "cameras[c1].snapshot_url: expected http(s)://host[:port]/path of a JPEG, found '10.0.0.5/snap.jpg'",
    ),
    ("cameras.0.mbit_s", 0, "cameras[c1].mbit_s: expected greater than 0, found 0"),
]


@pytest.mark.parametrize(("place", "value", "sentence"), MISTAKES)
def test_a_mistake_is_one_sentence(tmp_path: Path, place: str, value: Any, sentence: str) -> None:
    with pytest.raises(ConfigError) as refused:
        loaded(tmp_path, (place, value), environ={"HW_USER": "admin"})
    sentences = [str(mistake).removeprefix(f"{tmp_path}/site.yaml ") for mistake in refused.value.mistakes]
    assert any(told.startswith(sentence) for told in sentences), sentences
    assert "geheim" not in str(refused.value)


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    values = site(
        ("name", 5), ("halls.0.area", "x"), ("cameras.0.url", "x"), ("cameras.0.hall", "x"), ("board.port", 0)
    )
    path.write_text("\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in values.items()))
    with pytest.raises(ConfigError) as refused:
        load(path, {})
    told = [(mistake.line, mistake.key) for mistake in refused.value.mistakes]
    assert told == [
        (2, "name"),
        (4, "halls[hc01].area"),
        (5, "cameras[c1].hall"),
        (5, "cameras[c1].url"),
        (7, "board.port"),
    ]
    assert refused.value.mistakes[0].file == str(path)


def test_a_site_becomes_settings(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path, ("cameras.0.regions.+", region(kind="citizen", person=0.08)), ("cameras.0.regions.+", mask())
    )
    (camera,) = settings.cameras
    assert [r.person for r in settings.regions] == [None, None, 0.08, None]
    assert (camera.role, camera.cadence, camera.login) == (Role.WINDOW, timedelta(seconds=10), None)
    assert settings.halls[0].segments[0].end == time(12)
    assert [(r.id, r.kind, r.place, r.anchor) for r in settings.regions] == [
        ("w001", RegionKind.STAFF, "w001", Anchor.CENTRE),
        ("za", RegionKind.QUEUE, "za", Anchor.FOOT),
        ("w002.citizen", RegionKind.CITIZEN, "w002", Anchor.FOOT),
        ("mask-1", RegionKind.MASK, "", Anchor.FOOT),
    ]
    assert settings.thresholds.site_absence == AbsenceRule()
    assert settings.stores.directory == tmp_path / "var"
    assert settings.stores.database == f"sqlite:///{tmp_path}/var/hallwatch.db"
    assert settings.stores.evidence == tmp_path / "var" / "evidence"
    assert (settings.board.host, settings.board.port, settings.broker.mode) == ("127.0.0.1", 8050, "embedded")


def mask() -> dict[str, Any]:
    return {"kind": "mask", "polygon": SQUARE}


def test_rules_keep_the_defaults_of_what_is_not_written(tmp_path: Path) -> None:
    settings = loaded(tmp_path, ("rules.absence", {"yellow_s": 240, "version": 2}))
    assert settings.thresholds.site_absence == replace(AbsenceRule(), yellow_s=240.0, version=2)


@pytest.mark.parametrize(
    ("written", "becomes"),
    [
        ("rtsp://10.0.0.5:8554/sub?channel=1", "rtsp://10.0.0.5:8554/sub?channel=1"),
        ("https://cam.example.org/snap.jpg", "https://cam.example.org/snap.jpg"),
        ("clips/a b.mp4", "{directory}/clips/a b.mp4"),
        ("/srv/clip.avi", "/srv/clip.avi"),
    ],
)
def test_addresses(tmp_path: Path, written: str, becomes: str) -> None:
    settings = loaded(tmp_path, ("cameras.0.url", written))
    assert settings.cameras[0].url == becomes.format(directory=tmp_path)


def test_limits_of_halls_and_recorders(tmp_path: Path) -> None:
    reception = {"mbit_s_by_hall": {"hc01": 4}, "connections_by_host": {"10.0.0.5": 2, "10.0.0.5:554": 3}}
    settings = loaded(tmp_path, ("reception", reception), ("cameras.0.snapshot_url", "http://10.0.0.5/snap.jpg"))
    assert settings.reception.mbit_s_by_hall == {"hc01": 4.0}
    assert settings.reception.connections_by_host == {"10.0.0.5": 2, "10.0.0.5:554": 3}
    assert settings.cameras[0].snapshot_url == "http://10.0.0.5/snap.jpg"


def test_logins_come_from_variables_or_files_and_are_never_shown(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("admin\nge@heim\n", encoding="utf-8")
    variables = {"user_env": "HW_USER", "password_env": "HW_PASSWORD"}
    settings = loaded(
        tmp_path,
        ("cameras.0.login", {"file": "secret"}),
        ("broker", {"mode": "external", "host": "mqtt.example.org", "port": 8883, "login": variables}),
        ("stores", {"database": "postgresql+psycopg://db/hallwatch", "login": {"file": "secret"}}),
        environ={"HW_USER": "admin", "HW_PASSWORD": "ge@heim"},
    )
    assert settings.cameras[0].login == Login("admin", "ge@heim")
    assert settings.broker.login == ("admin", "ge@heim")
    assert settings.stores.database == "postgresql+psycopg://admin:ge%40heim@db/hallwatch"
    assert "heim" not in repr(settings)


def test_the_records_are_kept_in_the_directory_whatever_its_name(tmp_path: Path) -> None:
    stores = loaded(tmp_path, ("stores", {"directory": "./100% 数据?"})).stores
    assert make_url(stores.database).database == str(tmp_path / "100% 数据?" / "hallwatch.db")


def test_own_scales_and_own_days_are_added(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path,
        ("scales", [{"id": "OWN", "levels": {"a": 5, "b": 1}}]),
        ("devices.0.scale_id", "OWN"),
        ("calendar", {"holidays": ["2026-05-09", "2026-12-31"], "workdays": ["2026-05-01"]}),
    )
    assert settings.scales["OWN"].level("b") == 1
    assert "NAT5" in settings.scales
    assert date(2026, 12, 31) in settings.calendar.holidays
    assert date(2026, 5, 9) in settings.calendar.holidays - settings.calendar.workdays
    assert date(2026, 5, 1) in settings.calendar.workdays - settings.calendar.holidays


def test_an_overlay_goes_over_the_file() -> None:
    settings = load(SHIPPED / "demo.yaml", {}, {**SITE, "name": "demo", "broker": {"port": 1999}})
    assert (settings.name, settings.simulated, settings.thresholds.site_absence.yellow_s) == ("demo", True, 60.0)
    assert (settings.broker.host, settings.broker.port, len(settings.cameras)) == ("127.0.0.1", 1999, 1)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["hc01", "w001"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "kind", "hall", "x"]), inner),
    max_leaves=6,
)
places = st.sampled_from(sorted({place for place, _, _ in MISTAKES}))


@given(st.lists(st.tuples(places, values), max_size=3))
def test_any_values_give_settings_or_mistakes(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[str, Any]]
) -> None:
    try:
        overlay = site(*changes)
    except (TypeError, AttributeError, KeyError, IndexError, ValueError):
        return  # two changes that exclude each other
    path = tmp_path_factory.getbasetemp() / "empty.yaml"
    path.write_text("{}", encoding="utf-8")
    try:
        load(path, {}, overlay)
    except ConfigError as error:
        assert error.mistakes


@given(st.text(alphabet="versionamhls: 1[]{}-\"'&*!\n", max_size=60))
def test_any_text_gives_settings_or_mistakes(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "text.yaml"
    path.write_text(text, encoding="utf-8")
    try:
        load(path, {})
    except ConfigError as error:
        assert error.mistakes


def test_weights_are_a_name_or_lie_beside_the_configuration(tmp_path: Path) -> None:
    choice = {"kind": "ultralytics", "weights": "own.pt", "device": "cuda:0"}
    assert loaded(tmp_path, ("detector", choice)).detector.weights == "own.pt"
    (tmp_path / "own.pt").touch()
    assert loaded(tmp_path, ("detector", choice)).detector.weights == str(tmp_path / "own.pt")
