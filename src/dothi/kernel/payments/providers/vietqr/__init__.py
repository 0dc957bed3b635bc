"""VietQR: a transfer from any bank by a code that carries amount and reference."""
