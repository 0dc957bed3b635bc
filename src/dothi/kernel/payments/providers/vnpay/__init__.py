"""VNPAY 2.1.0: redirect, IPN, query, refund."""
