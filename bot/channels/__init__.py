"""A message enters and leaves: Telegram and the web chat."""
