"""What a presence is and how it comes about: pure functions over values of the standard library."""
