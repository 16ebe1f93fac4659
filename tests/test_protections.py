"""The list of protections is that of the code: each can be switched off where it says, by the test that it names."""

from pathlib import Path

import pytest

from tests.protections import PROTECTIONS, ROOT


@pytest.mark.parametrize("protection", PROTECTIONS, ids=[one.name for one in PROTECTIONS])
def test_a_protection_stands_where_the_list_says_and_its_test_is_there(protection):
    assert (ROOT / protection.file).read_text("utf-8").count(protection.was) == 1
    file, _, name = protection.test.partition("::")
    assert f"def {name}" in Path(ROOT / file).read_text("utf-8")
