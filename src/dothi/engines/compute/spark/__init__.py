"""Spark Connect: a server elsewhere, or Sail (no JVM) started beside this process."""
