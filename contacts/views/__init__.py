"""Staff pages about people and organisations."""
