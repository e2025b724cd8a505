"""watchdog: hears what happens in the share, where the file system tells."""
