import json
import re
import shutil
import xml.etree.ElementTree as ElementTree

import pytest

from metalsbook import addresses
from metalsbook.errors import SiteError
from tests import sample_book

BASE = "https://example.org/metals/"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def published(sample_root, tmp_path_factory):
    """The sample book, its newest edition built for a known address."""
    root = shutil.copytree(sample_root, tmp_path_factory.mktemp("published") / "book")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("METALSBOOK_ROOT", str(root))
        patch.setenv("METALSBOOK_BASE_URL", BASE.rstrip("/"))
        return sample_book.build("2025-11")


def test_the_menu_script_names_months_and_pages_newest_first(sample_site):
    script = (sample_site / "editions.js").read_text("utf-8")
    listed = json.loads(script.removeprefix("window.metalsbookEditions = ").rstrip(";\n"))
    assert [edition["month"] for edition in listed] == ["2025-11", "2025-10"]
    assert set(listed[0]["pages"]) == {"index", "prices", "shapes", "data/index", "search"}


def test_feed_lists_editions_and_corrections(published):
    feed = ElementTree.parse(published / "feed.xml").getroot()
    entries = feed.findall(f"{ATOM}entry")
    titles = [entry.findtext(f"{ATOM}title") for entry in entries]
    assert titles == ["Edition November 2025", "Edition October 2025", "Correction slip-1", "Correction slip-2"]
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == len(entries)
    assert entries[0].find(f"{ATOM}link").get("href") == f"{BASE}2025-11/index.html"
    assert sample_book.HOSTILE in entries[3].findtext(f"{ATOM}summary")
    # A correction is dated by the first edition that has it.
    dates = [entry.findtext(f"{ATOM}updated") for entry in entries[2:]]
    assert dates == ["2025-11-30T00:00:00Z", "2025-12-31T00:00:00Z"]


def test_site_map_names_pages_that_exist(published):
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    places = [loc.text for loc in ElementTree.parse(published / "sitemap.xml").getroot().iter(f"{space}loc")]
    assert len(places) == len(set(places)) == 1 + 2 + 2 * 5
    assert f"{BASE}guide/glossary.html" in places
    for place in places[1:]:
        assert (published / place.removeprefix(BASE)).is_file()


def test_pages_have_canonical_links_titles_descriptions_and_cards(published):
    page = (published / "2025-11" / "prices.html").read_text("utf-8")
    assert f'<link rel="canonical" href="{BASE}2025-11/prices.html">' in page
    assert "<title>Prices (2025-11) – Strategic Metals Book</title>" in page
    assert '<meta name="description" content="What did magnesium cost this month' in page
    card = re.search(f'<meta property="og:image" content="{BASE}([^"]+)">', page)[1]
    assert (published / card).read_bytes().startswith(b"\x89PNG")


def test_the_first_page_describes_the_data_set(published):
    page = (published / "2025-11" / "index.html").read_text("utf-8")
    data = json.loads(page.split('<script type="application/ld+json">')[1].split("</script>")[0])
    assert data["@type"] == "Dataset"
    for file in data["distribution"]:
        assert (published / file["contentUrl"].removeprefix(BASE)).is_file()


def test_latest_index_leads_to_the_newest_files_and_shared_assets_exist_once(sample_site):
    assert len(list((sample_site / "_shared").iterdir())) == 1 and not list(sample_site.glob("2025-*/_static"))
    folder = sample_site / "latest" / "data"
    index = json.loads((folder / "index.json").read_text("utf-8"))
    assert (folder / index["folder"] / index["tables"][0]["parquet"]["path"]).is_file()


def test_without_an_address_nothing_claims_one(sample_site):
    assert not (sample_site / "sitemap.xml").exists() and not (sample_site / "feed.xml").exists()
    assert "feed.xml" not in (sample_site / "index.html").read_text("utf-8")
    assert "canonical" not in (sample_site / "2025-11" / "prices.html").read_text("utf-8")


def test_an_address_that_is_none_is_refused(monkeypatch, sample_root):
    monkeypatch.setenv("METALSBOOK_ROOT", str(sample_root))
    monkeypatch.setenv("METALSBOOK_BASE_URL", "javascript:alert(1)")
    with pytest.raises(SiteError, match="no web address"):
        addresses.base_address()


def test_the_start_page_tells_what_is_new(sample_site):
    page = (sample_site / "index.html").read_text("utf-8")
    assert "Exports fell for the second month in a row" in page
    assert "1 new since the month before" in page
    assert "1 claim contradicted; 1 contradiction between sources" in page
