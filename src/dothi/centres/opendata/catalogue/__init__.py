"""The catalogue of what is published: one plain description a dataset, searched in memory."""
