"""Other people's languages: bytes to plain structs and back. Reads no clock, file or network."""
