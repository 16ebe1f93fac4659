from metalsbook.page.last_known import last_known_rows
from tests.page.editions import edition, printed


def row(*statements, at="2025-11"):
    return last_known_rows(edition(list(statements), at=at), {"x": "Sponge"}, "Use").iloc[0]


def test_a_year_is_later_than_its_first_half():
    found = row(printed("x", "2024", 220_000), printed("x", "2024-06", 123_500, "ytd"))
    assert found["Period"] == "2024"
    assert found["Figure"] == "220,000 t"


def test_growth_is_that_of_the_same_page_and_rivals_stand_beside_it():
    found = row(
        printed("x", "2025-04", 37_302, "ytd", source="argus"),
        printed("x", "2025-04", -23.6, "ytd_yoy", 0.1, source="argus"),
        printed("x", "2025-04", -25.0, "ytd_yoy", qualifier="about"),
    )
    assert found["Period"] == "January to April 2025"
    assert found["On the year"] == "\u221223.6%"
    assert found["Others print"] == "about \u221225% (SMM)"


def test_rival_amounts_are_told_with_their_own_growth():
    found = row(
        printed("x", "2025-06", 3_140, "ytd", 10, published="2025-07-04"),
        printed("x", "2025-06", 78, "ytd_yoy", published="2025-07-04"),
        printed("x", "2025-06", 3_586, "ytd", source="argus", published="2025-07-31"),
        printed("x", "2025-06", 104, "ytd_yoy", source="argus", published="2025-07-31"),
    )
    assert found["Figure"] == "3,586 t"
    assert found["On the year"] == "+104%"
    assert found["Others print"] == "3,140 t, +78% (SMM)"


def test_growth_of_another_page_names_it_and_an_early_figure_its_day():
    found = row(
        printed("x", "2025", 50e6, resolution=1e6, unit="unit", qualifier="over", published="2025-09-01"),
        printed("x", "2025", 5.0, "yoy", source="argus"),
    )
    assert found["Period"] == "2025, said on 1 September 2025"
    assert found["Figure"] == "more than 50,000,000"
    assert found["On the year"] == "+5% (Argus)"
    assert found["Others print"] == ""
