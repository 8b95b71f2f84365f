"""The lake: raw bytes, clean readings, what was refused, both counts of every file, and an index of it all."""
