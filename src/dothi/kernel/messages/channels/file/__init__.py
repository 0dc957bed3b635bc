"""Files in the data folder, where no gateway is set."""
