from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from monitor.adapters.database import transaction
from monitor.adapters.rating_records import find, ratings_of_day, record
from monitor.ratings import Rating, TimeQuality
from tests.monitor.example import NOW, rating

BEIJING = ZoneInfo("Asia/Shanghai")


def recorded(engine: Engine, *ratings: Rating) -> list[bool]:
    with transaction(engine) as connection:
        return [record(connection, rating) for rating in ratings]


def test_a_rating_comes_back_as_it_went_in(engine: Engine) -> None:
    full = rating(
        event_id="01JD3Y", tags=("407", "213"), tags_doubtful=True, text="很好", ts_quality=TimeQuality.ESTIMATED,
        buffered=True, retained=True, test=True, ticket="A037", project_no="1" * 43, service_no=1, assess_no=1,
        eval_process=2, named=True, rater_hash="sha256:9b", ts_accuracy_s=0.5,
    )  # fmt: skip
    assert recorded(engine, full) == [True]
    assert ratings_of_day(engine, date(2026, 11, 20), BEIJING) == (full,)
    with engine.connect() as connection:
        assert find(connection, full.device, "b1", 1) == full
        assert find(connection, full.device, "b1", 2) is None


def test_ten_deliveries_are_one_rating(engine: Engine) -> None:
    assert recorded(engine, *[rating()] * 10) == [True] + [False] * 9


def test_two_ratings_of_one_instant_are_two(engine: Engine) -> None:
    assert recorded(engine, rating(1), rating(2), rating(1, boot_id="b2"), rating(1, device="x")) == [True] * 4


def test_an_event_is_one_rating_whatever_its_number(engine: Engine) -> None:
    assert recorded(engine, rating(1, event_id="e1"), rating(2, event_id="e1")) == [True, False]


def test_a_day_is_the_local_day(engine: Engine) -> None:
    midnight = datetime(2026, 11, 19, 16, 0, tzinfo=UTC)
    seconds = [rating(n, ts=midnight + timedelta(seconds=n)) for n in (-1, 0, 1)]
    recorded(engine, *(rating(n + 2, ts=given.ts) for n, given in enumerate(seconds)))
    assert len(ratings_of_day(engine, date(2026, 11, 19), BEIJING)) == 1
    assert len(ratings_of_day(engine, date(2026, 11, 20), BEIJING)) == 2
    assert len(ratings_of_day(engine, date(2026, 11, 19), UTC)) == 3


def test_a_day_of_some_halls(engine: Engine) -> None:
    recorded(engine, rating(1), rating(2, hall="hc02", ts=NOW - timedelta(hours=1)))
    assert [found.hall for found in ratings_of_day(engine, date(2026, 11, 20), BEIJING)] == ["hc02", "hc01"]
    assert [found.hall for found in ratings_of_day(engine, date(2026, 11, 20), BEIJING, ["hc01"])] == ["hc01"]
