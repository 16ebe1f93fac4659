import json

from tests import oracle

PAGE = """<main><p>Up <b>{change}</b> on <a href="../_shared/{assets}/x.html">the month</a></p>
<details><summary>Origin</summary>printed here</details><script>no({change})</script>
<table><tr><th>Flow</th><td>{flow} t</td></tr></table></main>"""
SPEC = {"mark": "line", "data": {"values": [{"x": 1}, {"x": 2}]}}


def test_each_difference_from_what_is_kept_is_told_by_page_and_kind(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(oracle, "ROOT", tmp_path)
    page = tmp_path / "_build" / "site" / "2025-11" / "exports.html"
    notebook = tmp_path / "_build" / "chapters" / "2025-11" / "exports.ipynb"
    for path in (page, notebook):
        path.parent.mkdir(parents=True)

    def build(change: str, flow: str, assets: str, spec: dict) -> None:
        page.write_text(PAGE.format(change=change, flow=flow, assets=assets), "utf-8")
        output = {"data": {"application/vnd.vegalite.v6+json": spec}}
        notebook.write_text(json.dumps({"cells": [{"outputs": [output]}]}), "utf-8")

    told = ["--built", "--months", "2025-11", "--against", str(tmp_path / "kept")]
    build("2%", "38,900", "ab12", SPEC)
    assert oracle.main(told) == 1 and "nothing is kept" in capsys.readouterr().out
    assert oracle.main(["keep", *told]) == 0
    build("2%", "38,900", "cd34", SPEC)
    assert oracle.main(told) == 0, "names that hang on contents are no difference"
    build("3%", "38,950", "ab12", SPEC | {"mark": "bar"})
    capsys.readouterr()
    assert oracle.main(told) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "cells: 2, specs: 2, text: 4"
