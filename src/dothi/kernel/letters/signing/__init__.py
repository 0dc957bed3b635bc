"""Signatures of letters: who signs with which key, PAdES signatures, and what a signature is worth."""
