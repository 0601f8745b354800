"""Planning models: where stations should stand, how many units an hour needs, how busy they will be. Numbers only."""
