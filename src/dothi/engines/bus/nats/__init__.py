"""The bus on NATS JetStream, for many processes and machines."""
