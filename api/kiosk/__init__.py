"""The kiosk in a browser: its page, its service worker, and the way in for what it sealed. What it does is in api/static/kiosk."""
