"""What may happen: orders, refusals, decide() and evolve(). Pure: time, travel times, incident types are handed in."""
