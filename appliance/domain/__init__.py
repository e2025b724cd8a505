"""Things: what the product talks about. No files, clocks, randomness, logging or sockets; numpy is the only outside package."""
