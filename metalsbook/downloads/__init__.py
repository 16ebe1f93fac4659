"""What a reader takes away of an edition: tables, workbook, brief, explorer, a zip that runs it."""
