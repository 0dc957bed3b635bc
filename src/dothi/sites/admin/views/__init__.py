"""The pages of administration, one module for each part of the platform."""
