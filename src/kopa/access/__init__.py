"""Who may do what: accounts, device keys, tokens, roles, limits. It knows no web framework."""
