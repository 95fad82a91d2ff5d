"""What should we do: options held against one another, with ranges and what would flip them."""
