"""Open datasets as collections, straight from their serving copies."""
