"""Wires that are not HTTP requests: AVL listeners, paging, pollers. Empty: positions enter by POST /api/tracks."""
