"""What was meant: language, danger, intent of a text, and the pages that may answer it."""
