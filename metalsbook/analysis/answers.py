"""Answers: how what was recomputed lies to what a claim stands for, and what is forgiven where it lies apart."""

from dataclasses import dataclass, replace

from metalsbook.analysis.checks import Outcome
from metalsbook.analysis.findings import PACED, REPORTED, SOUND, show_found, show_interval, show_number
from metalsbook.ledger.figures import Figure

REVISION_PCT = 0.1
"""A flow is mended by so much without notice: most clashes of prints of one official figure are smaller."""
LOOSE_PCT = 25.0
"""An interval wider than this part of the printed figure says too little to agree with it."""
LOOSE_PP = 10.0
"""The same for growth rates and shares, in percentage points."""
EQUAL_WIDTHS = 10.0
"""A recomputed value confirms only if it is known to within this many widths of the print's own rounding."""
VAT_FACTOR = 1.13
"""China's value-added tax on metals, 13% since April 2019: prices are quoted with and without it."""
AGREE, OVERLAP, APART, LOOSE = "agree", "overlap", "apart", "loose"
"""Recomputed as printed; not excluded; excluded; too wide to say."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one set of statements says to a claim."""

    outcome: Outcome
    expected: tuple[float, float]  # The interval that the claim stands for
    relation: str  # `AGREE`, `OVERLAP`, `APART` or `LOOSE`
    printed: Figure | None = None  # The printed figure; None where the claim stands for a band
    remark: str = ""  # What was forgiven

    @property
    def sum(self) -> str:
        """The recomputed value in words: how it comes about, and its interval."""
        finding = self.outcome.finding
        words = finding.words
        told = self.right in words or show_interval(finding.low, finding.high) in words
        said = finding.basis == REPORTED or self.outcome.shown or told
        return words if said else f"{words}: {self.right}"

    @property
    def right(self) -> str:
        """The recomputed value, with the digits that it is known to."""
        return self.outcome.shown or show_found(self.outcome.finding, self.outcome.unit)


def relate(outcome: Outcome, expected: tuple[float, float], is_band: bool) -> str:
    """Return how a recomputed interval lies to a printed figure's own, or to the band that a comparison stands for."""
    finding, (low, high) = outcome.finding, expected
    width = finding.high - finding.low
    # Two roundings that meet in one point are two different figures.
    if not is_band and width > 0 and low < high and (finding.high == low or finding.low == high):
        return APART
    if finding.high < low or finding.low > high:
        return LOOSE if finding.basis == PACED else APART
    if is_band:
        within = AGREE if finding.basis in SOUND else OVERLAP
        return within if low <= finding.low and finding.high <= high else LOOSE
    if finding.basis in SOUND and low <= finding.best <= high and width <= EQUAL_WIDTHS * (high - low):
        return AGREE
    loosest = LOOSE_PP if outcome.unit in ("%", "pp") else LOOSE_PCT / 100 * abs((low + high) / 2)
    return LOOSE if width > max(loosest, high - low) else OVERLAP


def forgive(answer: Answer, kind: str) -> Answer:
    """Return an answer that lies apart as overlapping, where a rival print, a revision or cut digits explain it.

    Only flows are revised.
    """
    finding, (low, high) = answer.outcome.finding, answer.expected
    figure = answer.printed
    if figure is None:
        return answer
    cut = sorted((figure.value, figure.value + (figure.resolution if figure.value >= 0 else -figure.resolution)))
    if finding.low <= cut[1] and finding.high >= cut[0] and not figure.qualifier:
        rounded = show_number(round(finding.best / figure.resolution) * figure.resolution, 6)
        remark = f" It fits if the digits are cut off; rounded it would be {rounded}."
        return replace(answer, relation=OVERLAP, remark=remark)
    for rival in finding.rivals:
        if rival.low <= high and rival.high >= low:
            return replace(answer, relation=OVERLAP, remark=f" Disputed: {rival.words} agrees with the note.")
    gap = max(low - finding.high, finding.low - high)
    level = 100 + abs(figure.value) if answer.outcome.unit == "%" else abs(figure.value)
    if kind == "flow" and gap <= REVISION_PCT / 100 * level:
        # Two prints of one figure are of one round: no revision lies between them.
        if finding.basis == REPORTED:
            return replace(answer, remark=" So small a difference can be a slip of either print.")
        remark = f" They differ by no more than a revision of {REVISION_PCT}% of the level explains."
        return replace(answer, relation=OVERLAP, remark=remark)
    return answer


def tax_hint(answer: Answer) -> str:
    """Return a remark where a ratio of two prices fits once one of them is taken without value-added tax, else ""."""
    finding, (low, high) = answer.outcome.finding, answer.expected
    for side, factor in (("denominator", VAT_FACTOR), ("numerator", 1 / VAT_FACTOR)):
        if finding.low * factor <= high and finding.high * factor >= low:
            return f" The note's figure fits if the price in the {side} is taken without 13% value-added tax."
    return ""
