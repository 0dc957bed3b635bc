"""The pages of the 1022 desk."""
