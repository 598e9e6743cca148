"""The kiosk's side of docs/kiosks.md: sign, spool, send, check receipts. Runs on the device and needs no database."""
