"""Web pages and HTTP for those who run Lotse. The managers' console will live here too."""
