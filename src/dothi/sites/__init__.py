"""What people see: one package a surface."""
