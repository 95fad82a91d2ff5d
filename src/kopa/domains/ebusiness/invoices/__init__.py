"""Electronic invoices held against EN 16931 and the rules of networks."""
