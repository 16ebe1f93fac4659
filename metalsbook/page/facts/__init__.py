"""Numbers for the sentences of chapters, a module each: intervals, months and names, no word of English."""
