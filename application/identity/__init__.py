"""How a resident proves who they are: one port, a one-time code and the electronic digital signature behind it."""
