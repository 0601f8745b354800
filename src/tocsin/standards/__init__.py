"""Other people's languages: bytes to orders and facts, no I/O. Empty so far: AML, PIDF-LO, HELD and CAP come here."""
