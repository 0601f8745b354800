"""The caller's own link: the SMS that carries it, the public page behind it, what callers show. The only way in that
asks for no account, kept apart from all others."""
