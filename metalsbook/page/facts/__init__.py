"""Numbers for the sentences of chapters: intervals, months and names, no word of English.

`metalsbook.page.facts.series` has what every series has; each chapter has a module of its own.
"""
