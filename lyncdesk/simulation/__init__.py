"""Virtual time, the sample organisation, and scenarios that replay a day in milliseconds."""
