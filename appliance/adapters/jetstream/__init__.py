"""NATS JetStream: the server beside us, one connection that mends itself, streams made by whoever comes first, and the bus."""
