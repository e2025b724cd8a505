"""systemd, which starts the appliance anew when it falls silent."""
