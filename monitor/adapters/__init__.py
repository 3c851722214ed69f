"""The edges of `monitor`: SQL, telemetry, MQTT. Nothing here decides."""
