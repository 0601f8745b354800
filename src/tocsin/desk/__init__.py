"""The only door for change: order, decide, append, announce. Also the picture and the tail every screen lives on."""
