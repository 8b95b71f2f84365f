"""The lake, the candidate's admission, releases and the ledger: the only room that writes files for others to read.

Here belong paths, landing, the clean layer on disk, digests, publishing and recovery. Not here: how rows are cleaned
(sources), how they are judged (expectations), or when anything runs (orchestration).
"""
