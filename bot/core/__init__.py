"""Words that all rooms share. Standard library, Babel (CLDR) and PyYAML only."""
