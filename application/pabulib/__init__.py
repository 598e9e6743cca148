"""Pabulib `.pb` files: read, analyse, write."""
