"""Alembic migrations, run by bot.storage.migrate within one transaction."""
