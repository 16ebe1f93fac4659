"""Who reads the data with other tools: the package is valid as it stands, and what the page shows runs as shown."""

import html
import json
import re

import pandas as pd
import pytest

from metalsbook.downloads.datapackage import table_schema


def shown(site, name: str) -> str:
    page = (site / "2025-11" / "data" / "index.html").read_text("utf-8")
    code = html.unescape(re.search(rf'<pre tabindex="0" id="{name}">(.*?)</pre>', page, re.DOTALL)[1])
    assert len(code.splitlines()) == 3
    return code.replace("_build/site/", f"{site}/")


def test_the_package_is_valid_for_frictionless(sample_site):
    frictionless = pytest.importorskip("frictionless", reason="frictionless is not installed (make setup-all)")
    report = frictionless.validate(str(sample_site / "2025-11" / "data" / "datapackage.json"))
    assert report.valid, report.flatten(["message"])


def test_keys_days_and_what_every_row_has_are_said():
    sources = pd.DataFrame({"source": ["a", "b"], "published": ["2025-11-03", ""], "n": [1, 2]})
    rows = pd.DataFrame({"statement": ["x", "y"], "source": ["a", "b"], "period": ["2025-11", "2025-11-01"]})
    told = table_schema("sources", sources, {"sources": sources})
    assert told["primaryKey"] == ["source"]
    assert [field["type"] for field in told["fields"]] == ["string", "date", "integer"]
    assert ["constraints" in field for field in told["fields"]] == [True, False, True]
    linked = table_schema("statements", rows, {"sources": sources})
    assert linked["foreignKeys"] == [{"fields": ["source"], "reference": {"resource": "sources", "fields": ["source"]}}]
    assert "foreignKeys" not in table_schema("statements", rows.assign(source="z"), {"sources": sources})


def test_pandas_and_power_query_read_as_the_page_shows(sample_site, capsys):
    exec(shown(sample_site, "pandas"), {})
    assert "mg.export.ingot" in capsys.readouterr().out
    code = shown(sample_site, "power-query")
    assert "figures.csv" in code and "Encoding = 65001" in code


def test_duckdb_reads_as_the_page_shows(sample_site):
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed (make setup-all)")
    rows = duckdb.sql(shown(sample_site, "duckdb")).fetchall()
    assert [row[:4] for row in rows] == [("2025-11", 200.0, "t", "derived"), ("2025-09", 100.0, "t", "published")]


def test_one_index_lists_all_editions_with_files_hashes_and_columns(sample_site):
    index = json.loads((sample_site / "index.json").read_text("utf-8"))
    assert [edition["month"] for edition in index["editions"]] == ["2025-11", "2025-10"]
    newest = index["editions"][0]
    (figures,) = [table for table in newest["tables"] if table["name"] == "figures"]
    assert {"name": "value", "type": "number"} in figures["columns"]
    assert (sample_site / newest["folder"] / figures["parquet"]["path"]).is_file()
    assert len(newest["files"]["workbook"]["sha256"]) == 64
