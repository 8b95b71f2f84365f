"""Feeds, one package each: its declaration, and the streams and files of its simulated deliveries."""
