from metalsbook.analysis.families import find_families
from tests.analysis import frames


def test_parts_totals_and_shares_are_one_family():
    families = find_families(frames.series())
    exports = {"exports.total", "exports.ingot", "exports.alloy", "exports.ingot.share"}
    exports |= {"exports.ingot.to.NLD", "exports.ingot.to.IND"}
    assert families["exports.ingot.to.NLD"] == exports
    assert families["exports.ingot.share"] == exports
    assert families["metal.price"] == {"metal.price"}
