"""Remembering: what was acknowledged is never lost and never altered unseen. Knows facts, refuses to know rules."""
