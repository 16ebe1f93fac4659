import pytest

from metalsbook.page.narrative import bullets, count_of, join_words, moved, number, percent, period_name, say


@pytest.mark.parametrize(
    ("value", "unit", "resolution", "shown"),
    [
        (38900, "t", 100, "38,900 t"),
        (0.9531, "", None, "0.9531"),
        (2.217, "USD/kg", 0.01, "2.22 USD/kg"),
        (-12.3, "%", 0.1, "−12.3%"),
        (-0.04, "%", 0.1, "0.0%"),
        (1268000, "unit", 1000, "1,268,000"),
        (0, "t", None, "0 t"),
    ],
)
def test_numbers_keep_their_resolution(value, unit, resolution, shown):
    assert number(value, unit, resolution) == shown


@pytest.mark.parametrize(("value", "shown"), [(5.42, "+5.4%"), (-2.88, "−2.9%"), (0.04, "0.0%"), (-0.04, "0.0%")])
def test_changes_carry_their_sign(value, shown):
    assert percent(value) == shown


def test_words_follow_the_sign_and_the_band():
    words = [moved(change, band=0.5) for change in (1, -1, 0.4, -0.5)]
    assert words == ["rose", "fell", "was unchanged", "was unchanged"]


def test_periods_are_written_out():
    assert [period_name(period) for period in ("2025", "2025-11", "2025-11-03")] == [
        "2025", "November 2025", "3 November 2025"]


def test_lists_and_counts():
    assert join_words(["a"]) == "a"
    assert join_words(["a", "b", "c"]) == "a, b and c"
    assert join_words([]) == ""
    assert [count_of(1, "quote"), count_of(1200, "quote"), count_of(2, "series", "series")] == [
        "1 quote", "1,200 quotes", "2 series"]


def test_a_sentence_with_nothing_to_say_is_left_out_and_text_is_escaped():
    shown = say("One <b>.", None, "Two.")
    assert shown.markup == '<p class="mb-say">One &lt;b&gt;. Two.</p>'
    assert bullets([None, "x"]).markup.count("<li>") == 1
