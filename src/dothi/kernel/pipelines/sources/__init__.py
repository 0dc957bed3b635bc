"""Where rows come from: one folder a kind, all answering to ``base.Extractor``."""
