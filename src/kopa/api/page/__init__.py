"""What the page asks for: files, words, assets, moments, what-ifs, decisions, notices."""
