"""The categories of reports the packs declare: listed, searched, their questions asked and answers checked."""
