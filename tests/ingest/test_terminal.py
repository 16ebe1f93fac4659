"""Tables by profile: terminal exports and price sheets, in made-up ones."""

import pytest

from metalsbook.errors import BookError, IngestError
from metalsbook.ingest.terminal import SHIPPED, fit_period, read_period, read_profile
from tests.cases import each
from tests.ingest.conftest import read, refusal, text_file, values

SMM = "category,product_name,specification,min_price,max_price,average_price,change_value,unit,price_date"
FUGU, PRND = "mg.price.ingot.fugu", "ree.price.prnd_oxide.cn"
EDB = [
    "指标名称,中国:市场价:硅铁(FeSi75-B),现货价:铝:A00:长江有色,其他",
    "频率,日,日,日",
    "单位,元/吨,元/吨,元/吨",
    "指标ID,S1,S2,S3",
    "来源,x,x,x",
    "2025-12-05,5550,22222,1",
    "2025/12/08,,22233,1",
    "数据来源：Wind,,,",
]


def table(folder, lines, encoding="utf-8"):
    return text_file(folder, "\n".join(lines) + "\n", encoding=encoding)


@pytest.mark.parametrize("name", sorted(path.stem for path in SHIPPED.glob("*.yml")))
def test_shipped_profiles_name_series_that_exist(name, tmp_path):
    said = refusal(table(tmp_path, ["nothing,of,it"]), profile=name)
    assert ("no header row" in said or "no rows below" in said) and "series.csv" not in said


def test_a_price_sheet_gives_the_quoted_range_its_middle_and_ten_thousands_multiplied(tmp_path):
    rows = [
        "镁,镁锭(陕西府谷),99.9%,11100,11300,11200,0,元/吨,2025-12-05",
        "镁,铝锭,99.7%,1,2,1.5,0,元/吨,2025-12-05",
        "稀土,氧化镨钕,,55.5,55.7,55.6,0,万元/吨,2025-12-05",
    ]
    batch = read(table(tmp_path, [SMM, *rows]), profile="smm_table")
    names = ("series", "period", "value", "low", "high", "stated")
    assert [[row[name] for name in names] for row in batch.statements] == [
        [FUGU, "2025-12-05", "11200", "11100", "11300", "11100-11300 元/吨"],
        [PRND, "2025-12-05", "556000", "555000", "557000", "55.5-55.7 万元/吨"],
    ]
    assert batch.unmapped == ["'铝锭': 1 rows"]
    assert batch.arithmetic == [f"{PRND} 2025-12-05 = 55.6 万元/吨 x 10000 = 556000 CNY/t"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_rows_of_units_and_the_footer_are_no_data(tmp_path, encoding):
    batch = read(table(tmp_path, EDB, encoding=encoding), profile="wind_edb")
    assert values(batch) == {
        ("ferrosilicon.price.75.cn", "level", "2025-12-05"): "5550",
        ("al.price.a00.cn", "level", "2025-12-05"): "22222",
        ("al.price.a00.cn", "level", "2025-12-08"): "22233",
    }
    assert batch.unmapped == ["column '其他'"] and "unverified" in batch.kind


@each("""
    cells                      | said
    1,2,1.5,0,元/磅,2025-12-05 | the unit '元/磅' is not known
    1,2,1.5,0,元/吨,05.12.2025 | row 2, column I: '05.12.2025' is not a day
    1,2,9,0,元/吨,2025-12-05   | the average 9 does not lie within 1 to 2
    3,2,2.5,0,元/吨,2025-12-05 | does not lie within 3 to 2
    1,2,x,0,元/吨,2025-12-05   | row 2, column F: 'x' is not a number
""")
def test_rows_that_do_not_fit_are_refused(tmp_path, cells, said):
    assert said in refusal(table(tmp_path, [SMM, f"镁,镁锭(陕西府谷),,{cells}"]), profile="smm_table")


def test_tables_that_do_not_fit_are_refused(tmp_path):
    said = refusal(table(tmp_path, [*EDB[:-1], "合计,1,2,3"]), profile="wind_edb")
    assert "row 8, column A: '合计' is not a day or month" in said
    path = table(tmp_path, ["date,x", "2025-12-05,1"])
    assert "has none of the columns" in refusal(path, profile="wide_dates")
    for name in ("../../etc/passwd", "nothing", "/etc/hostname", str(path)):
        with pytest.raises(BookError, match="There is no profile"):
            read(path, profile=name)


@each("""
    text                | period
    2025/1/4            | 2025-01-04
    20251205            | 2025-12-05
    2025年12月5日       | 2025-12-05
    2025-12-05 00:00:00 | 2025-12-05
    2025年3月           | 2025-03
    2025.10             | 2025-10
    202512              | 2025-12
    2025.1              |
    2025-02-30          |
    2025-13             |
    12/5/25             |
    45996               |
                        |
""")
def test_days_and_months_as_sheets_write_them(text, period):
    assert read_period(text) == period


@each("""
    period     | frequency | kind  | fitted
    2025-10-31 | month     | flow  | 2025-10
    2025-10-01 | month     | price | 2025-10
    2025-10-15 | month     | price | 2025-10-15
    2025-10-31 | day       | price | 2025-10-31
    2025-12-31 | year      | stock | 2025
    2025-10    | day       | price | 2025-10
""")
def test_the_frequency_of_the_series_says_what_a_day_means(period, frequency, kind, fitted):
    assert fit_period(period, {"frequency": frequency, "kind": kind}, "x") == fitted


PROFILE = {name: name for name in ("title", "publisher", "licence", "origin")} | {"url": "https://example.org/"}
PROFILE |= {"evidence": "verified", "layout": "columns", "header": "date", "date_column": "date", "unit": "t"}
PROFILE |= {"units": "{t: t}", "series": "{a: mg.export.total}"}


def profile_file(folder, **changes):
    lines = [f"{key}: {text}\n" for key, text in (PROFILE | changes).items() if text]
    return text_file(folder, "".join(lines), "own.yml")


def test_an_own_profile_reads_a_table_and_runs_nothing(tmp_path):
    own = str(profile_file(tmp_path, title="!!python/name:os.getcwd x"))
    rows = ["date,a", '2025-12,"1,111"', "2025-11-30,112"]
    batch = read(table(tmp_path, rows), profile=own)
    months = {"2025-12": "1111", "2025-11": "112"}
    assert values(batch) == {("mg.export.total", "level", month): value for month, value in months.items()}
    assert batch.source["title"].startswith("x;")
    said = refusal(table(tmp_path, [*rows, "2025-11-12,112"]), profile=own)
    assert "row 4, column B: 2025-11-12 is a day, and the series has one figure a month" in said


@each("""
    key       | text           | said
    title     |                | 'title' is a required property
    colour    | red            | 'colour' was unexpected
    layout    | wide           | layout is not columns or long: 'wide'
    layout    | long           | 'name_column' is a required property
    units     | {t: stone}     | units: stone is not a unit of the ledger
    units     | [t]            | units is not lines of
    series    | {}             | series is not lines of
    series    | {a: [b]}       | series, a is not one text
    units     | {t: t x ten}   | units, t is not a unit of the ledger
    measure   | mum            | measure is not a measure
    footer    | x              | footer is not a list of text
""")
def test_bad_profiles_are_refused(tmp_path, key, text, said):
    with pytest.raises(IngestError) as caught:
        read_profile(profile_file(tmp_path, **{key: text}))
    assert said in str(caught.value)
