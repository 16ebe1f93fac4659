import pandas as pd

from metalsbook.publish import table_files

FRAME = pd.DataFrame(
    {"series": ["mg.A", "../x", "mg.A"], "value": [0.1 + 0.2, None, 1e6], "n": [1, 2, 3], "text": ["=1", None, "-5.1%"]}
)


def test_figures_keep_their_digits_and_gaps_stay_gaps():
    assert table_files.csv_rows(FRAME) == [
        ("mg.A", "0.3", 1, "'=1"),
        ("../x", "", 2, ""),
        ("mg.A", "1000000", 3, "-5.1%"),
    ]


def test_a_series_has_its_rows_and_none_leaves_the_folder(tmp_path):
    table_files.write_series(FRAME, tmp_path / "series")
    text, binary = sorted((tmp_path / "series").iterdir())
    assert (text.name, binary.name) == ("mg.A.csv", "mg.A.parquet")
    assert text.read_bytes().startswith(b"\xef\xbb\xbf")
    assert pd.read_csv(text)["n"].tolist() == pd.read_parquet(binary)["n"].tolist() == [1, 3]
    assert list(tmp_path.iterdir()) == [tmp_path / "series"]


def test_parquet_is_the_same_twice(tmp_path):
    for name in ("a", "b"):
        table_files.write_parquet(FRAME, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert b"pandas" not in (tmp_path / "a").read_bytes()
