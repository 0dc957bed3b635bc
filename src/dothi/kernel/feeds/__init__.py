"""Where observations come from: replays, the tide, the city generator, MQTT."""
