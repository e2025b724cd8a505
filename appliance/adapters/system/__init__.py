"""The machine itself: its disks, processors, graphics, installed packages, and files that appear whole or not at all."""
