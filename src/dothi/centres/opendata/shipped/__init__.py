"""The datasets that come with the platform: real data it may ship or reach through its own packages."""
