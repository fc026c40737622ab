"""How an operation says no: code and text of section 12 of the contract."""

# Both read tickets and share their texts (contract section 6).
_SPOKEN_AS = {"TicketGetList": "TicketGet"}


class Refused(Exception):
    """A business error: code ``<Operation>.<kind>``, message ``<Operation>: <text>``.

    ``operation`` is filled in by whoever called the handler. ``whole``: the kind is the whole code.
    ``bare``: the text stands without the operation before it.
    """

    def __init__(self, kind: str, text: str, *, whole: bool = False, bare: bool = False) -> None:
        self.kind = kind
        self.text = text
        self.operation = ""
        self.whole = whole
        self.bare = bare
        super().__init__(f"{kind}: {text}")

    def of(self, operation: str) -> "Refused":
        """Name the operation that says so, in place of any inner one."""
        self.operation = _SPOKEN_AS.get(operation, operation)
        return self

    @property
    def code(self) -> str:
        """Give the code that callers see."""
        return self.kind if self.whole else f"{self.operation}.{self.kind}"

    @property
    def message(self) -> str:
        """Give the message that callers see."""
        return self.text if self.bare else f"{self.operation}: {self.text}"


def missing(path: str) -> Refused:
    """Give the refusal of form M."""
    return Refused("MissingParameter", f"{path} parameter is missing!")


def not_valid(path: str) -> Refused:
    """Give the refusal of form N."""
    return Refused("MissingParameter", f"{path} parameter is missing or not valid!")


def required(path: str, name: str) -> Refused:
    """Give the refusal of form Q."""
    text = f"{path}->{name}ID or {path}->{name} parameter is required!"
    return Refused("MissingParameter", text)


def invalid(path: str) -> Refused:
    """Give the refusal of form I."""
    return Refused("InvalidParameter", f"{path} parameter is invalid!")


def too_much(path: str) -> Refused:
    """Give the refusal of an answer that would be larger than any may be: our own text."""
    text = f"{path} parameter asks for more than one answer holds, ask for less!"
    return Refused("InvalidParameter", text)


def invalid_entry(path: str, name: str) -> Refused:
    """Give the refusal of form J."""
    text = f"{path}->{name}ID or {path}->{name} parameter is invalid!"
    return Refused("InvalidParameter", text)


def wrong(path: str) -> Refused:
    """Give the refusal of form K."""
    return Refused("InvalidParameter", f"{path} is invalid!")
