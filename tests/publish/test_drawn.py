import pytest

from metalsbook.publish.drawn import keep


def refuse():
    raise AssertionError("made again")


def test_what_is_kept_is_not_made_again(tmp_path):
    path = tmp_path / "cache" / "a.kept"
    assert keep(path, lambda: b"one\ntwo") == b"one\ntwo"
    assert keep(path, refuse) == b"one\ntwo"
    assert [file.name for file in path.parent.iterdir()] == ["a.kept"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:-1],
        lambda text: b"",
        lambda text: text + b"x",
        lambda text: b"0" + text[1:],
        lambda text: text.replace(b"two", b"tvo"),
    ],
)
def test_what_is_damaged_is_made_again(tmp_path, damage):
    path = tmp_path / "a.kept"
    keep(path, lambda: b"one\ntwo")
    path.write_bytes(damage(path.read_bytes()))
    assert keep(path, lambda: b"one\ntwo") == b"one\ntwo"
    assert keep(path, refuse) == b"one\ntwo"


def test_without_a_place_everything_is_made(tmp_path):
    assert keep(None, lambda: b"x") == b"x"
    (tmp_path / "file").write_bytes(b"")
    assert keep(tmp_path / "file" / "a.kept", lambda: b"x") == b"x"


def test_what_was_kept_under_another_name_is_not_used(tmp_path):
    keep(tmp_path / "a.kept", lambda: b"one")
    (tmp_path / "b.kept").write_bytes((tmp_path / "a.kept").read_bytes())
    assert keep(tmp_path / "b.kept", lambda: b"two") == b"two"
