"""Wires that are not HTTP requests: AVL listeners, paging, pollers. Empty so far: positions enter by POST /api/tracks."""
