"""One module for each file format that an analyst has."""
