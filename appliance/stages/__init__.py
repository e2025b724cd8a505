"""Orders: one async function per stage. It hears one fact, returns facts, and never publishes, retries or reads settings."""
