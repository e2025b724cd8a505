"""Doers: long-lived or one-shot services that run stages; they meet adapters only in bootstrap."""
