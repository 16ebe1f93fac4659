import json
import re

from metalsbook.publish.materials import bill_of_materials, read_lock
from tests.sample_book import ROOT

LOCK = """# a comment
alpha==1.0 \\
    --hash=sha256:{a} \\
    --hash=sha256:{b}
    # via beta
beta_x==2.0.post1 ; python_full_version == '3.12.*' \\
    --hash=sha256:{b}
""".format(a="a" * 64, b="b" * 64)


def test_every_pin_has_its_hashes():
    assert read_lock(LOCK) == [
        {"name": "alpha", "version": "1.0", "marker": "", "hashes": ["a" * 64, "b" * 64]},
        {"name": "beta_x", "version": "2.0.post1", "marker": "python_full_version == '3.12.*'", "hashes": ["b" * 64]},
    ]


def test_a_component_is_named_by_its_package_address():
    bill = json.loads(bill_of_materials(LOCK))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert [part["purl"] for part in bill["components"]] == ["pkg:pypi/alpha@1.0", "pkg:pypi/beta-x@2.0.post1"]
    assert bill["components"][1]["properties"][0]["value"] == "python_full_version == '3.12.*'"


def test_the_lock_of_the_book_is_listed_whole():
    lock = (ROOT / "requirements.txt").read_text("utf-8")
    pins = set(re.findall(r"^([\w.-]+)==", lock, re.MULTILINE))
    listed = {package["name"] for package in read_lock(lock) if package["hashes"]}
    assert len(pins) > 100 and listed == pins


def test_the_same_lock_gives_the_same_bytes():
    assert bill_of_materials(LOCK) == bill_of_materials(LOCK)
