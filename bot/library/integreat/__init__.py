"""PAGES THAT A MUNICIPALITY KEEPS IN INTEGREAT, TAKEN OVER: its JSON answers become pages of a place."""
