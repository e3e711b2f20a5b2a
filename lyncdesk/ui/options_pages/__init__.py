"""The pages of Options: each shows the options in force and gives back what the person changed."""
