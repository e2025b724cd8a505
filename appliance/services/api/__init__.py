"""The box's front door on the LAN: the HTTP API, uploads, live events, figures, and a small page. See `app.create_app`."""
