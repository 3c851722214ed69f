import re

from monitor.categories import CATEGORIES, GROUPS, OFFERED, RESTRICTED, SEVERITIES, SOURCES, Severity, Source


def test_every_code_has_its_names_and_its_group() -> None:
    for code, name in CATEGORIES.items():
        assert re.fullmatch(r"[A-G]\d\d", code)
        assert code[0] in GROUPS
        assert name.zh
        assert name.en
    assert set(SEVERITIES) == set(Severity)
    assert set(SOURCES) == set(Source)


def test_integrity_risks_are_offered_to_nobody() -> None:
    assert {"F01", "F02", "F03"} == RESTRICTED
    assert set(OFFERED) == set(CATEGORIES) - RESTRICTED
