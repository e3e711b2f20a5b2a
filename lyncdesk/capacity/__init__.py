"""What an interval costs an organisation and how old presence gets: two ways to reckon it that must agree."""
