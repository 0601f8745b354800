"""Files a centre may copy and edit; the defaults of a new centre."""
