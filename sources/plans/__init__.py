"""Plans of users: a folder of CSVs with indicators, commitments, projects and history, as rows of the plans' tables."""
