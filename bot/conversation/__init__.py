"""One turn: from a message to events, replies and one transaction. Start reading at turn.py."""
