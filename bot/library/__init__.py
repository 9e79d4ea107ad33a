"""WHAT IS KNOWN: pages, places and offices, read from the files that municipalities edit.

`load.load` reads and checks a content folder, `snapshot.Library` is what comes out, `watch.watch` keeps it fresh.
"""
