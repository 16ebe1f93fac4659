import hashlib
import json
import re
import zipfile

import pandas as pd

from metalsbook.downloads import files
from metalsbook.page.catalogue import files_cell


def data_of(site):
    folder = site / "2025-11" / "data"
    return folder, json.loads((folder / "index.json").read_text("utf-8"))


def test_every_file_of_the_index_is_there_with_its_checksum(sample_site):
    folder, index = data_of(sample_site)
    files = [table[form] for table in index["tables"] for form in ("csv", "parquet")]
    files += [*index["notebooks"], index["zip"], index["changes"], index["materials"]]
    assert len(files) > 15
    for file in files:
        content = (folder / file["path"]).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file["bytes"], file["sha256"])
    charts = [chart for page in index["pages"] for chart in page["charts"]]
    assert len(charts) == 5 and all(chart["alt"] for chart in charts)
    assert all((folder / path).is_file() for chart in charts for path in [chart["spec"], *chart["csv"]])


def test_csv_and_parquet_hold_the_same(sample_site):
    folder, _ = data_of(sample_site)
    parquet = pd.read_parquet(folder / "statements.parquet")
    text = (folder / "statements.csv").read_bytes()
    # A mark would be read as part of the first column's name.
    assert text.startswith(b"statement,")
    table = pd.read_csv(folder / "statements.csv")
    assert table["value"].tolist()[:2] == parquet["value"].tolist()[:2]
    assert table["value"].isna().tolist() == parquet["value"].isna().tolist()
    assert table["stated"].tolist()[:2] == ["16,100", "-5.1%"]


def test_each_series_has_the_file_that_the_catalogue_names(sample_site):
    folder, _ = data_of(sample_site)
    named = re.findall('href="([^"]+)"', files_cell("mg.price.ingot.fugu").markup)
    assert named and all((folder.parent / path).is_file() for path in named)
    rows = pd.read_csv(folder / "series" / "mg.price.ingot.fugu.csv")
    assert rows["statement"].tolist() == ["st-1", "st-2", "st-3"] and rows["source"].tolist() == ["a", "b", "b"]


FRAME = pd.DataFrame(
    {"series": ["mg.A", "../x", "mg.A"], "value": [0.1 + 0.2, None, 1e6], "n": [1, 2, 3], "text": ["=1", None, "-5.1%"]}
)


def test_figures_keep_their_digits_gaps_stay_gaps_and_no_series_leaves_its_folder(tmp_path):
    files.write_series(FRAME, tmp_path / "series")
    (file,) = (tmp_path / "series").iterdir()
    assert file.read_text("utf-8") == "series,value,n,text\nmg.A,0.30000000000000004,1,'=1\nmg.A,1000000,3,-5.1%\n"
    assert list(tmp_path.iterdir()) == [tmp_path / "series"]


def test_page_of_a_notebook_leads_to_the_notebook_of_its_month_and_other_pages_do_not(sample_site):
    notebook = (sample_site / "2025-10" / "data" / "notebooks" / "prices.ipynb").read_text("utf-8")
    assert 'month = \\"2025-10\\"' in notebook
    page = (sample_site / "2025-11" / "prices.html").read_text("utf-8")
    assert '<a href="data/notebooks/prices.ipynb" download>This page as a notebook</a>' in page
    assert '<a href="data/strategic-metals-2025-11.zip" download>' in page
    assert "as a notebook" not in (sample_site / "guide" / "glossary.html").read_text("utf-8")


def test_the_zip_holds_what_runs_the_edition(sample_site):
    folder, index = data_of(sample_site)
    top = "strategic-metals-2025-11"
    with zipfile.ZipFile(folder / index["zip"]["path"]) as archive:
        names = set(archive.namelist())
        assert "make book MONTH=2025-11" in archive.read(f"{top}/RUN.txt").decode()
    wanted = "Makefile requirements.txt _toc.yml chapters/prices.ipynb metalsbook/cli.py".split(" ")
    wanted += ["data/snapshots/2025-11/statements.parquet", "data/snapshots/2025-10/datapackage.json"]
    assert {f"{top}/{name}" for name in wanted} <= names
    assert not [name for name in names if "__pycache__" in name or "_build" in name]
