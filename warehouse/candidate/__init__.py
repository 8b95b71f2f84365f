"""The candidate: what is built again, what a release would hold, and what a table's rows come to."""
