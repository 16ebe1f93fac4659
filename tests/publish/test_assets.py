from metalsbook.publish import assets


def test_assets_are_shared_by_content_and_never_changed(tmp_path, monkeypatch):
    contents = {"book.css": b"a"}
    monkeypatch.setattr(assets, "asset_contents", lambda: contents)
    monkeypatch.setattr(assets, "vega_bundle", lambda: "vega")
    assets.share_assets(tmp_path)
    assets.share_assets(tmp_path)
    first = assets.address()
    contents["book.css"] = b"b"
    assets.share_assets(tmp_path)
    second = assets.address()
    assert second != first
    assert (tmp_path / first / "book.css").read_bytes() == b"a"
    (tmp_path / "2025-11").mkdir()
    (tmp_path / "2025-11" / "index.html").write_text(f'href="../{second}/book.css"')
    assets.remove_unused(tmp_path)
    assert not (tmp_path / first).exists() and (tmp_path / second).exists()
