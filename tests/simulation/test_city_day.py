"""A small part of the city's working day, judged under a virtual clock."""

from datetime import date

from config.schema import calendar_of, shipped_thresholds
from config.shapes import CalendarShape
from simulation.city_day import run
from simulation.day_plan import What, plans, with_hours
from simulation.network import whole

DAY = date(2026, 11, 23)


def test_everything_scripted_is_told_and_nothing_else() -> None:
    told = run(3, DAY, calendar_of(CalendarShape()), shipped_thresholds(), cameras=40, workers=2)
    print(f"seed 3: {told}")
    assert (told["missed"], told["false"]) == ([], [])
    assert told["right"]
    assert sum(told["scripted"].values()) == told["asked"] > 0


def test_a_day_is_the_same_for_the_same_seed_and_the_base_rates_are_those_of_the_city() -> None:
    city = whole()
    one, again = plans(city, DAY, 7), plans(city, DAY, 7)
    assert [plan.facts for plan in one] == [plan.facts for plan in again]
    facts = [fact.what for plan in one for fact in plan.facts]
    assert (facts.count(What.ABSENCE), facts.count(What.CROWD)) == (10, 4)
    assert 5 <= sum(len(plan.faults) for plan in one) <= 30  # 0.8 % of 2,064 cameras are 16.5
    assert sum(len(plan.pauses) for plan in one) > 80


def test_only_the_main_hall_of_the_city_has_a_lunch_rota() -> None:
    halls = [with_hours(hall) for hall in whole().halls]
    assert [len(hall.segments) for hall in halls].count(3) == 1
