"""What happened: frozen structs in the past tense. Knows no rule, no clock, no store; stands on msgspec alone."""
