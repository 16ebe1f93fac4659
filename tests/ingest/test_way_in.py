"""From files to the ledger as an analyst meets it: what is shown, asked for, refused, and how all of it is said."""

import csv
import threading

import pytest

from metalsbook.cli import main
from metalsbook.errors import BookError, IngestError, UsageError
from metalsbook.ingest.batch import COLUMNS
from metalsbook.ingest.files import Details
from metalsbook.ingest.run import add_figure, take_files
from metalsbook.ingest.statements import guess_origin, write_template
from metalsbook.ledger.reading import read_ledger
from metalsbook.store import hold_build_lock
from tests.ingest.conftest import customs_file, customs_row, ledger_bytes, take, text_file, write_csv

KNOWN = "smm-2025-11-22-aaaaaa"
PAGE = {"publisher": "SMM", "title": "Another page", "published": "", "url": "https://example.org/b"}


def statements_file(folder, *rows, name="made-up.csv", **cells):
    """Write statements; what a row does not say is that of a made-up one."""
    usual = {"series": "mg.export.ingot", "period": "2025-12", "stated": "111 t", "source": KNOWN}
    written = [usual | cells | row for row in rows or ({},)]
    columns = list(dict.fromkeys(key for row in written for key in row))
    return write_csv(folder / name, columns, [[row.get(key, "") for key in columns] for row in written])


def refused(*paths, **options) -> str:
    with pytest.raises(IngestError) as caught:
        take(*paths, **options)
    return str(caught.value)


def figures(book, series="mg.export.ingot", period="2025-12"):
    path = book / "data" / "ledger" / "statements" / "magnesium_exports.csv"
    rows = csv.DictReader(path.read_text("utf-8").splitlines())
    return [row["value"] for row in rows if (row["series"], row["period"]) == (series, period)]


# What a row says, and what is said of it.
FAULTS = (
    ({"stated": "many"}, "column 'stated': "),
    ({"period": "2025-13"}, "column 'period': '2025-13' - a period"),
    ({"period": "Dec-25"}, "column 'period': 'Dec-25' - a spreadsheet has made that of a month or a day"),
    ({"period": "12/5/2025"}, "column 'period': '12/5/2025' - nobody can tell its day from its month"),
    ({"period": "46022"}, "column 'period': '46022' - that is how a spreadsheet stores 2025-12-31"),
    ({"series": "mg.export.ingots"}, "the series mg.export.ingots is not in series.csv. Is it mg.export.ingot"),
    ({"series": "mg.export.rods", "unit": "t"}, "the series mg.export.rods is not in series.csv"),
    ({"source": "nobody"}, "column 'source': 'nobody' is not in sources.csv"),
    ({"stated": "12,100 t", "value": "12"}, "column 'value': 12 is not what '12,100 t' says, 12100 t"),
    ({"stated": "13.000 to 18.000 t", "value": "15500"}, "'16,300' where a dot marks thousands"),
    ({"stated": "48", "value": "48000"}, "'1,480 thousand' where a table is in thousands"),
    ({"stated": "—"}, "column 'stated': '—' is no figure"),
    ({"stated": "3.5%", "measure": "yoy"}, "'3.5%' does not say whether the figure rose or fell. Write it with"),
    ({"stated": "38,900 units"}, "'unit' does not fit a figure in t"),
    ({"stated": "<script>1</script>", "value": "1"}, "column 'stated'"),
    ({"measure": "mum"}, "column 'measure': 'mum'"),
    ({"stated": "up 3.5%"}, "a change has its measure: mom, yoy or ytd_yoy"),
)


def test_all_problems_of_all_files_are_one_list_and_nothing_is_taken(quick, tmp_path):
    before = ledger_bytes(quick)
    query = customs_file(tmp_path, [customs_row(kg="-5"), customs_row(code="81041900", kg="x")])
    said = refused(statements_file(tmp_path, *(cells for cells, _ in FAULTS)), query, tmp_path / "none.csv")
    wanted = [(f"made-up.csv, row {number}", part) for number, (_, part) in enumerate(FAULTS, start=2)]
    wanted += [("made-up-export.csv, row 2", "column '第一数量': '-5' is negative")]
    wanted += [("made-up-export.csv, row 3", "column '第一数量': 'x' is not a number"), ("none.csv", "no such file")]
    lines = said.splitlines()
    assert [one for one in wanted if not any(one[0] in line and one[1] in line for line in lines)] == []
    assert f"{len(wanted)} problems, and nothing was taken" in said and ledger_bytes(quick) == before


def test_what_breaks_a_rule_of_the_ledger_is_named_by_the_row_of_the_file_and_an_unknown_column_by_its_own(
    book, tmp_path
):
    path = statements_file(tmp_path, {}, {"series": "mg.price.ingot.fugu", "unit": "t", "stated": "11,100 t"})
    assert "made-up.csv, row 3, column 'unit'" in refused(path)
    path = statements_file(tmp_path, {"unit": "t,\nnext row,,\n"})
    assert f"made-up.csv, row 2, column 'unit': 't,{chr(0xFFFD)}next row" in refused(path)
    assert "row 1, column E: the header 'colour' is not known" in refused(statements_file(tmp_path, colour="red"))


def test_the_report_shows_value_text_place_and_change_before_anything_is_taken(quick, tmp_path):
    price = {"series": "mg.price.ingot.fugu", "period": "2025-12-05", "stated": "11,100-11,300"}
    _, said = take(statements_file(tmp_path, {}, price, {"measure": "mom", "stated": "down 2.6%"}), dry_run=True)
    assert [line for line in said if line.startswith("  new: ")] == [
        "  new: mg.export.ingot level 2025-12 = 111 t, read from '111 t' in row 2; last 2025-11: 122 t, -9.0%",
        "  new: mg.price.ingot.fugu level 2025-12-05 = 11200 CNY/t (11100 to 11300), read from '11,100-11,300' in "
        "row 3; no figure before",
        "  new: mg.export.ingot mom 2025-12 = -2.6 %, read from 'down 2.6%' in row 4; no figure before",
    ]
    assert figures(quick) == []
    take(statements_file(tmp_path))
    assert figures(quick) == ["111"]


def test_a_size_far_from_the_series_last_figure_is_asked_for(quick, tmp_path):
    price, year = {"series": "mg.price.ingot.fugu", "measure": "level"}, {"measure": "ytd"}
    days = (("2021-09-23", "70,000"), ("2025-11-28", "16,200"))
    rows = [price | {"period": day, "stated": quote} for day, quote in days]
    rows.append(year | {"period": "2024-12", "stated": "1,200 t"})
    take(statements_file(tmp_path, *rows, name="before.csv"), accept=True)
    slip = price | {"period": "2025-12-05", "stated": "160,000"}
    path = statements_file(tmp_path, {"stated": "1,111 t"}, {"stated": "3,000 t", "series": "mg.export.total"}, slip)
    said = refused(path)
    assert "row 2: mg.export.ingot level 2025-12 is 1,111 t" in said
    assert "row 3: mg.export.total level 2025-12 is 3,000 t" in said
    assert "the series' last figure is 122 t (made up) (2025-11). If that is right, add --accept" in said
    assert "row 4: mg.price.ingot.fugu level 2025-12-05 is 160,000, read as 160000 CNY/t; the series' last" in said
    assert take(path, accept=True)[0] == 3
    january = year | {"period": "2025-01", "stated": "260 t"}
    assert take(statements_file(tmp_path, january, name="january.csv"))[0] == 1, "a sum since January begins anew"


def test_two_figures_of_one_page_are_asked_for_and_rival_prints_of_one_house_both_enter(quick, tmp_path):
    twice = statements_file(tmp_path, {"stated": "100 t"}, {"stated": "115 t"}, name="twice.csv", period="2025-10")
    assert "row 3: mg.export.ingot level 2025-10 is 115 t; the same source says 100 t" in refused(twice)
    assert take(twice, accept=True)[0] == 2
    one, other = {**PAGE, "source": "smm-b", "stated": "111 t"}, {**PAGE, "source": "smm-c", "stated": "113 t"}
    take(statements_file(tmp_path, one, other | {"url": "https://example.org/c"}))
    assert figures(quick) == ["111", "113"]
    again = statements_file(tmp_path, {**PAGE, "source": "smm-d", "stated": "112 t"}, name="later.csv")
    _, said = take(again)
    assert any("smm-c prints 113 t (-0.9%)" in line for line in said)
    assert take(again)[0] == 0
    same = {"stated": "122,000 kg", "unit": "kg", "period": "2025-11"}
    assert take(statements_file(tmp_path, same, name="same.csv"))[0] == 0, "also in another unit"


def test_pages_without_a_day_get_that_of_the_options(quick, tmp_path):
    path = statements_file(tmp_path, {**PAGE, "source": "smm-b"})
    _, said = take(path, seen="2026-02-03")
    assert "smm-b has no day and was seen on 2026-02-03: the edition 2025-12 knows what was" in "\n".join(said)
    path = statements_file(tmp_path, {**PAGE, "source": "smm-c", "stated": "112 t"}, name="dated.csv")
    take(path, published="2026-01-20")
    rows = read_ledger().statements.query("period == '2025-12'")
    assert rows[["published", "published_basis"]].values.tolist() == [["2026-02-03", "seen"], ["2026-01-20", "stated"]]


def test_a_house_that_a_publisher_cites_is_the_origin():
    pages = [{"publisher": "SMM", "origin": "smm"}, {"publisher": "Customs", "origin": "gacc"}]
    origins = dict.fromkeys(("Wedoany (citing SMM)", "SMM, via CnEVPost", "Copies (SMM, customs)"), "smm")
    origins |= {"SMM and others": "smm_and_others", "Copies (gacc, SMM)": "copies_gacc_smm"}
    assert {publisher: guess_origin(publisher, pages) for publisher in origins} == origins


def test_a_page_that_is_almost_known_is_told_with_what_it_is_like(quick, tmp_path):
    said = refused(statements_file(tmp_path, PAGE | {"title": "A page!", "url": "https://example.org/smm"}))
    assert f"row 2, column 'title': 'A page!' for the source {KNOWN}, which is known with 'A page'" in said
    path = statements_file(tmp_path, {**PAGE, "source": "smm-b", "url": "https://example.org/smm"})
    assert f"smm-b has the address of {KNOWN}: if it is that page, use its id" in "\n".join(take(path, dry_run=True)[1])
    page = {**PAGE, "source": "new-page", "publisher": "S.M.M.", "title": "A page", "origin": "smn"}
    told = "\n".join(take(statements_file(tmp_path, page))[1])
    assert f"new-page has the title of {KNOWN}: say so in repeats if it is a copy" in told
    assert "new-page: 'S.M.M.' is a new publisher; 'SMM' is known" in told
    assert "new-page: 'smn' is a new origin; 'smm' is known" in told


def test_an_alias_is_taken_and_unknown_series_are_proposed(quick, tmp_path, capsys):
    (quick / "data" / "ledger" / "aliases.csv").write_text(
        "alias,series,measure,factor,why\nmg.ingots,mg.export.ingot,,,made up\n", "utf-8"
    )
    assert take(statements_file(tmp_path, series="mg.ingots"))[0] == 1
    bad = {"stated": "many", "measure": "mom", "period": "2025-13"}
    said = refused(statements_file(tmp_path, bad, series="mg.export.ingot.to.mars", name="new.csv"))
    assert "column 'stated'" in said and "row 2: the series mg.export.ingot.to.mars is not in series.csv" in said
    path = statements_file(tmp_path, series="mg.export.ingot.to.mars", name="new.csv")
    with pytest.raises(IngestError, match=r"row 2: the series mg\.export\.ingot\.to\.mars is not in series\.csv"):
        take_files([path], Details())
    said = capsys.readouterr().out.splitlines()
    assert said[-2:] == [",".join(COLUMNS["series"]), "mg.export.ingot.to.mars,?,?,?,?,,,,,,,?,?"]
    described = tmp_path / "series.csv"
    described.write_text("\n".join(said[-2:]) + "\n", "utf-8")
    assert "series.csv, row 2, column 'definition': say what is meant instead of '?'" in refused(path, described)
    row = "mg.export.ingot.to.mars,Ingot to Mars,t,month,flow,,,,,,,magnesium_exports,Ingot to Mars."
    write_csv(described, COLUMNS["series"], [row.split(",")])
    assert take(path, described)[0] == 1
    assert "mg.export.ingot.to.mars" in set(read_ledger().series["series"])


def test_the_template_is_filled_in_and_taken(book):
    assert main(["ingest", "--template", "--month", "2025-12"]) == 0
    inbox = book / "data" / "inbox"
    names = [f"2025-12-{name}.csv" for name in ("events", "outlooks", "sources", "statements")]
    assert sorted(path.name for path in inbox.glob("*.csv")) == names
    with pytest.raises(UsageError, match="would be overwritten"):
        write_template("2025-12")
    assert take()[0] == 0, "an untouched template says nothing"
    lines = {
        "statements": {"series": "mg.export.ingot", "period": "2025-12", "stated": "111 t", "source": "smm-b"},
        "sources": {**PAGE, "source": "smm-b"},
        "outlooks": PAGE
        | {"made_on": "2025-12-30", "subject": "ingot exports", "series": "mg.export.ingot", "direction": "up"}
        | {"horizon_from": "2026-01", "horizon_to": "2026-01", "says": "Exports seen up."},
        "events": {"date": "2025-12", "topic": "policy", "what": "A made-up rule.", "source_title": "t"}
        | {"publisher": "SMM", "url": "https://example.org/b"},
    }
    for table, cells in lines.items():
        with (inbox / f"2025-12-{table}.csv").open("a", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, COLUMNS[table], restval="", extrasaction="ignore", lineterminator="\n")
            writer.writerow(cells)
    assert take()[0] == 3
    ledger = read_ledger()
    assert ledger.sources.set_index("source").loc["smm-b", "origin"] == "smm"
    assert ledger.outlooks["outlook"].tolist() == ["ol-001"]
    assert ledger.events["event"].tolist() == ["ev-2025-12-a-made-up-rule"]
    assert list(inbox.glob("*.csv")) == []


def test_forecasts_are_sorted_in_and_an_id_that_is_taken_is_named(quick, tmp_path):
    row = {"publisher": "SMM", "title": "t", "made_on": "2025-12-22", "subject": "ingot", "direction": "up"}

    def forecast(name, url):
        cells = row | {"horizon_from": "2026-01", "horizon_to": "2026-01", "says": "Up."}
        cells |= {"outlook": name, "url": f"https://example.org/{url}"}
        return write_csv(tmp_path / f"{name}-{url}.csv", list(cells), [list(cells.values())])

    take(forecast("ol-007", "a"))
    take(forecast("ol-003", "b"))
    assert read_ledger().outlooks["outlook"].tolist() == ["ol-003", "ol-007"]
    said = refused(forecast("ol-007", "c"))
    assert "row 2, column 'outlook': 'ol-007' is another one in outlooks.csv. Leave it empty" in said


def test_a_single_figure_goes_the_same_way(quick):
    given = dict.fromkeys((*COLUMNS["statements"], *COLUMNS["sources"]), "")
    cells = given | {"series": "mg.export.ingot", "period": "2025-12", "stated": "111 t"}
    with pytest.raises(UsageError, match="needs its publisher and title and url"):
        add_figure(cells, Details())
    page = {"publisher": "Made-up publisher", "title": "t", "url": "https://example.org/a"}
    add_figure(cells | page, Details(published="2026-01-06"))
    row = read_ledger().statements.query("period == '2025-12'").iloc[0]
    assert (row["value"], row["published"]) == (111, "2026-01-06")
    assert row["source"].startswith("made-up-publisher-2026-01-06-")
    assert read_ledger().sources.set_index("source").loc[row["source"], "origin"] == "made_up_publisher"
    with pytest.raises(BookError, match="column 'url'"):
        add_figure(cells | page | {"url": "javascript:alert(1)", "stated": "112 t"}, Details())


def test_a_dry_run_does_not_wait_for_a_build(quick, tmp_path):
    path, codes = statements_file(tmp_path), []
    with hold_build_lock("book"):
        other = threading.Thread(target=lambda: codes.append(main(["ingest", "--dry-run", str(path)])))
        other.start()
        other.join()
    assert codes == [0]


def test_an_error_is_one_line_with_its_exit_code(quick, tmp_path, capsys):
    unknown = customs_file(tmp_path, [customs_row(code="850511"), customs_row(code="8505")])
    assert main(["ingest", str(unknown)]) == 7
    assert "commodity 850511 (made up), 1 rows: series are of items of 8 digits" in capsys.readouterr().err
    assert main(["ingest", str(text_file(tmp_path, "<!DOCTYPE html>"))]) == 7
    said = capsys.readouterr().err
    assert said.startswith("metalsbook: made-up.csv is an HTML or XML page") and said.count("\n") == 1
    good = customs_file(tmp_path, [customs_row()])
    for options in (["--flow", "both"], ["--month", "12"], ["--published", "soon"], ["--seen", "x"], ["--format", "x"]):
        assert main(["ingest", *options, str(good)]) == 2
