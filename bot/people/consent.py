"""The privacy notice that people accept."""

NOTICE_VERSION = "2026-11-30"
"""Changes with every change of meaning of the notice (the words in bot.actions.welcome): it is then shown again."""
