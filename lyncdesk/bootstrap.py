"""The composition root: the only module that names concrete classes and wires them to the ports."""
