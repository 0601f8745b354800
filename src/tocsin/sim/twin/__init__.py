"""The twin: years of calls through the desk's own decide() and evolve(), on a virtual clock, without a desk.

For planning only. It never touches a live room, a socket or a person's data.
"""
