"""A recorded day lived again: real calls through the same desk, and its figures beside the record's own."""
