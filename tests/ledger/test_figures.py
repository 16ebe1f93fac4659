"""What a printed text says of the true figure: its interval, its sign and unit, or why it is refused."""

import csv
import math
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalsbook.errors import LedgerError
from metalsbook.ledger.figures import read_figure, read_figures
from metalsbook.ledger.vocabulary import CHANGE_MEASURES
from metalsbook.ledger.words import take_apart, vocabulary

NUMBERS_READ = ("value", "low", "high", "resolution", "bound_low", "bound_high")
with Path(__file__).with_name("figures.csv").open(encoding="utf-8", newline="") as handle:
    PRINTED = list(csv.DictReader(handle))


@pytest.mark.parametrize("row", PRINTED, ids=lambda row: f"{row['stated'][:30]} in {row['unit']}")
def test_every_text_of_the_list_is_read_as_it_says_there(row):
    """`given` is the number that somebody read off the text, `refused` what is said of one that cannot be read."""
    asked = row["stated"], row["unit"], row["measure"], float(row["given"]) if row["given"] else None
    if row["refused"]:
        with pytest.raises(LedgerError) as caught:
            read_figure(*asked)
        assert row["refused"] in str(caught.value)
        return
    figure = read_figure(*asked)
    found = {name: getattr(figure, name) for name in NUMBERS_READ}
    found = {name: "" if math.isnan(number) else f"{number:.12g}" for name, number in found.items()}
    assert found == {name: row[name] for name in NUMBERS_READ}
    assert figure.qualifier == row["qualifier"]


def test_the_words_of_the_vocabulary_are_read_as_they_are_meant():
    for word, meaning in vocabulary().items():
        assert word == word.lower()
        assert [(token.kind, token.name) for token in take_apart(f"t {word} t")][1] == meaning, word


def test_frame_keeps_unreadable_rows_as_missing():
    rows = pd.DataFrame(
        {"read_as": ["5 t", "none"], "unit": "t", "measure": "level", "value": [5.0, 6.0], "period": "2025"},
        index=[7, 9],
    )
    figures = read_figures(rows)
    assert figures.loc[7, "bound_high"] == 5.5 and math.isnan(figures.loc[9, "printed_value"])
    assert figures["unread"].to_dict() == {7: "", 9: "'none' in 'none' is not known"}


KNOWN = vocabulary()
DOWN, UP = (sorted(w for w, meaning in KNOWN.items() if meaning == ("directions", way)) for way in ("down", "up"))
FORMS = st.sampled_from(["{word} {number}%", "{number}% {word}", "{word} by {number} percent", "{number}% ({word})"])


@given(
    st.sampled_from(DOWN), st.sampled_from(UP), FORMS, st.decimals(1, 99, places=1), st.sampled_from(CHANGE_MEASURES)
)
def test_any_word_of_a_fall_gives_a_value_below_zero_if_no_word_of_a_rise_stands_beside_it(
    down, up, form, number, measure
):
    for printed in (number, f"-{number}"):
        assert read_figure(form.format(word=down, number=printed), "%", measure).value == -float(number)
    with pytest.raises(LedgerError, match="both up and down"):
        read_figure(f"{up} {number}% {down}", "%", "yoy")
