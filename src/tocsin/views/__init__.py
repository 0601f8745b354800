"""Pictures folded from facts. Only ever told what is durable; refuses to judge."""
