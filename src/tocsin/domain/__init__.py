"""What may happen: orders, refusals, decide() and evolve(). Pure: time, travel times and incident types are handed in."""
