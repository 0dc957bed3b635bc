"""Forms that packs declare, as pages: shown, read back and summed up, with or without scripts."""
