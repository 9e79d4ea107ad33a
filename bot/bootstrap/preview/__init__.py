"""PAGES AS PEOPLE SEE THEM: `lotse content preview` shows them in a browser while they are being written."""
