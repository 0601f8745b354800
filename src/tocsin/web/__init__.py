"""HTTP and SSE: requests become orders and questions to the desk, answers become bytes. Knows no rule and no store."""
