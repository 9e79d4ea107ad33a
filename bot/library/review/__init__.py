"""WHAT A SECOND PAIR OF EYES WOULD SEE: pages that are well-formed, and still not right for their readers."""
