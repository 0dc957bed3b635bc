"""What every surface is made of: tokens, components, static files."""
