"""Consent, and what is stored about somebody, to take along."""
