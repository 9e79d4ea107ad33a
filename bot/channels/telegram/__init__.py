"""Telegram: updates come in by long polling or webhook, replies go out through the Bot API."""
