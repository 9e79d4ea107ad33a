"""THE PAGES AS A WEB SITE OF PLAIN FILES: to print, to lay out, for places that have no assistant."""
