"""Brands that buy from employers, and the supply chains that join them."""
