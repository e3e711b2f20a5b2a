"""The vectorised way: days of a million people at once. The only room that imports numpy; import it late."""
