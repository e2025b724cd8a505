"""OpenTelemetry: what took how long, sent to a collector that the operator names. Nothing is sent anywhere else."""

from appliance.adapters.opentelemetry.tracing import TracingJournal, open_tracing

__all__ = ["TracingJournal", "open_tracing"]
