"""The way in: files and single figures that become rows of the ledger.

What cannot be taken is an `IngestError` that names file, row and column and says what to do; a wrong name is a
`UsageError`.
"""
