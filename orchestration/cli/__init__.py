"""The command line: `ecoledger` and its commands, one module each."""
