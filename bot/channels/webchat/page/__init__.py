"""The page of the web chat: a shell in the person's language, one script, one style sheet, nothing from elsewhere."""
