"""What can go wrong on a device: one small tree, so that whoever runs a kiosk catches one class and shows its text."""


class KioskFault(Exception):  # noqa: N818 - a statement of fact for whoever runs the device
    """The text says what is wrong and, where somebody can do something, what. No code, key or choice is ever in it."""
