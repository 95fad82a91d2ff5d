"""By-products and wastes that another firm can use."""
