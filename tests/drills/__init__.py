"""What takes long or loads the machine: races, soaks, stalls and bombs, each a command of its own."""
