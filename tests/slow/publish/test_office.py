"""LibreOffice reads the workbook as it was written."""

import shutil
import subprocess

import openpyxl
import pytest

from tests.downloads import test_workbook

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
book = test_workbook.book


def values(path, sheet):
    """Return the cells of a sheet, numbers with the 15 digits that a spreadsheet keeps."""
    rows = openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True)
    return [[float(f"{cell:.14g}") if isinstance(cell, float) else cell or None for cell in row] for row in rows]


@pytest.mark.skipif(OFFICE is None, reason="no LibreOffice on this machine (Debian: libreoffice-calc-nogui)")
def test_libreoffice_reads_the_same_figures(book):
    folder, _ = book
    profile, out = f"-env:UserInstallation={(folder / 'profile').as_uri()}", folder / "office"
    command = [OFFICE, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(out), str(folder / "one.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    for sheet in ("Summary", "Monthly", "Figures", "Prices", "Notes"):
        assert values(out / "one.xlsx", sheet) == values(folder / "one.xlsx", sheet), sheet
