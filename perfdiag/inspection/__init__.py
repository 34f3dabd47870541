"""What a server says of itself, asked with a connection string that the user has put into a file."""
