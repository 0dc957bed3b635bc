"""Letters: a declared text filled with the facts of a case, as a PDF that can be signed and checked."""
