"""ffmpeg as a subprocess: cuts originals, writes reels and drawn recordings. It never sees a shell, a terminal or a network."""
