"""A centre's plan file: read, with every mistake told by line, field and what would be right. Decides nothing."""
