"""Tables, unit of work, inbox, outbox, encryption, migrations. The only room that knows SQLAlchemy."""
