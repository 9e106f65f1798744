"""What the commands do, without the command line: one module each, loaded when it is asked for."""
