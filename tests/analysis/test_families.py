from metalsbook.analysis.families import find_beside, find_families
from tests.analysis import frames


def test_parts_totals_and_shares_are_one_family():
    families = find_families(frames.series())
    exports = {"exports.total", "exports.ingot", "exports.alloy", "exports.ingot.share"}
    exports |= {"exports.ingot.to.NLD", "exports.ingot.to.IND"}
    assert families["exports.ingot.to.NLD"] == exports
    assert families["exports.ingot.share"] == exports
    assert families["metal.price"] == {"metal.price"}


def test_beside_a_series_are_its_total_and_the_other_parts():
    catalogue = frames.series()
    lines = {"exports.total", "exports.ingot", "exports.alloy", "exports.ingot.share"}
    assert find_beside(catalogue, "exports.ingot") == lines
    assert find_beside(catalogue, "exports.total") == lines
    assert find_beside(catalogue, "exports.ingot.to.NLD") == {
        "exports.ingot",
        "exports.ingot.to.NLD",
        "exports.ingot.to.IND",
    }
    assert find_beside(catalogue, "metal.price") == {"metal.price"}
    assert find_beside(catalogue, "no.such.series") == {"no.such.series"}
