"""The oracle reads what a page and a notebook show, and tells each difference by page and kind."""

from tests.oracle import _read_notebook, differences, keep, main, read_page

PAGE = """<main><h2>Ingot</h2><p>Up <b>2%</b> on <a href="../_shared/ab12/x.html">the month</a></p>
<details><summary>Origin</summary>printed here</details><img src="x.svg" alt="A line."><script>no()</script>
<table><tr><th>Flow</th><td>38,900 t</td></tr></table></main>"""
SPEC = {"mark": "line", "data": {"values": [{"x": 1}, {"x": 2}]}}


def test_a_page_is_read_by_kind():
    assert read_page(PAGE) == {
        "text": ["Ingot", "Up 2% on the month", "Origin", "Flow", "38,900 t"],
        "folded": ["printed here"],
        "links": ["the month -> ../*/x.html"],
        "cells": ["Flow | 38,900 t"],
        "alts": ["alt: A line."],
    }


def test_rows_of_a_chart_are_told_apart_from_its_spec():
    output = {"data": {"application/vnd.vegalite.v6+json": SPEC, "text/plain": "<Chart>"}}
    kinds = _read_notebook({"cells": [{"outputs": [output]}]})
    assert kinds["chart rows"] == ['{"x": 1}', '{"x": 2}']
    assert '  "values": "2 rows"' in kinds["specs"]


def test_each_difference_is_told_and_none_where_there_is_none():
    kept = {"exports": {"text": ["a", "b"], "cells": ["c"]}, "old": {}}
    now = {"exports": {"text": ["a", "B"], "cells": ["c"]}, "new": {}}
    found = {("exports", "text"): ["-b", "+B"], ("new", "page"): ["+new"], ("old", "page"): ["-old"]}
    assert differences(kept, now) == found
    assert differences(kept, kept) == {}


def test_what_is_kept_is_compared(tmp_path, monkeypatch, capsys):
    pages = {"exports": {"text": ["a"]}}
    monkeypatch.setattr("tests.oracle.read_all", lambda months: dict.fromkeys(months, pages))
    compare = ["--built", "--months", "2025-11", "--against", str(tmp_path)]
    assert main(compare) == 1 and "nothing is kept" in capsys.readouterr().out
    keep({"2025-11": pages}, tmp_path)
    assert main(compare) == 0
    keep({"2025-11": {"exports": {"text": ["b"]}}}, tmp_path)
    assert main(compare) == 1
    assert "2025-11 exports: text (2 lines)\n-b\n+a" in capsys.readouterr().out
