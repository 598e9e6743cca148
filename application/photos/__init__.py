"""Photos that people send: made anew of pixels alone, kept by their SHA-256, public once an event in the log names them."""
