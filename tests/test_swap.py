import pytest

from metalsbook import swap


def make(folder, text):
    folder.mkdir(parents=True)
    (folder / "index.html").write_text(text)
    return folder


@pytest.mark.parametrize("exchanges", [True, False])
def test_a_folder_takes_the_place_of_another(tmp_path, monkeypatch, exchanges):
    if not exchanges:
        monkeypatch.setattr(swap, "_exchange", lambda one, other: False)
    target = make(tmp_path / "site" / "2025-11", "old")
    swap.put_in_place(make(tmp_path / "built", "new"), target)
    assert (target / "index.html").read_text() == "new"
    assert [path.name for path in target.parent.iterdir()] == ["2025-11"]
    assert not (tmp_path / "built").exists()


def test_a_first_folder_is_moved(tmp_path):
    swap.put_in_place(make(tmp_path / "built", "new"), tmp_path / "site" / "2025-11")
    assert (tmp_path / "site" / "2025-11" / "index.html").read_text() == "new"


def test_what_a_killed_build_left_is_brought_back(tmp_path):
    make(tmp_path / ".old-2025-11-0a1b2c3d", "last good")
    make(tmp_path / ".old-2025-10-0a1b2c3d", "older")
    make(tmp_path / "2025-10", "good")
    swap.recover(tmp_path)
    assert (tmp_path / "2025-11" / "index.html").read_text() == "last good"
    assert (tmp_path / "2025-10" / "index.html").read_text() == "good"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2025-10", "2025-11"]


def test_nothing_to_recover_is_fine(tmp_path):
    swap.recover(tmp_path / "nowhere")
