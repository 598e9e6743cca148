"""Why a server does not serve: statements of fact for the operator, apart from all that serving needs."""


class NotServing(Exception):  # noqa: N818 - a statement of fact
    """Any of the below."""


class AlreadyServing(NotServing):
    """Another `dauys serve` uses the same folder."""


class CannotListen(NotServing):
    """The address is taken, or not ours to take."""


class ServerBroken(NotServing):
    """A server process could not even start; why stands on standard error."""
