"""Waste: what is declared of the feed (feed.toml), and its simulated deliveries."""
