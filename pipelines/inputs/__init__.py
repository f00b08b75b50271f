"""Which documents there are: files, folders and addresses as somebody typed them, and what tells that one is unchanged."""
