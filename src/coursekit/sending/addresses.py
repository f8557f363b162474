"""A board's address: understood as it is typed, and refused where results could be read on the way."""

import ipaddress
import socket
from urllib.parse import urlsplit

from coursekit.sending import BoardError


def understand(text: str) -> str:
    """Return the address of a board as requests need it, with "/" at its end.

    Args:
        text: What the learner typed.

    Raises:
        BoardError: If it is no such address; the message says what to type.

    Example:
        >>> understand("http://192.168.1.5:8888")
        'http://192.168.1.5:8888/'
    """
    text = text.strip()
    if "://" not in text:
        raise BoardError(f"{text!r} is no address: it begins with http:// or https://")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise BoardError(
            f"{text!r} is no address ({error}): type it as the teacher gave it"
        ) from error
    if parts.scheme not in ("http", "https"):
        raise BoardError(f"{text!r} must begin with http:// or https://")
    if not host or not text.isascii() or not text.isprintable() or " " in text or port == 0:
        raise BoardError(f"{text!r} is no address: type it as the teacher gave it")
    if parts.username is not None or parts.password is not None:
        raise BoardError(
            "leave out what stands before the @: a board asks for no name and password"
        )
    plain = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}/"
    if parts.query or parts.fragment or text[-1] in "?#":
        raise BoardError(f"leave out the ? or # and what follows it: coursekit join {plain}")
    return plain


def near(host: str) -> bool:
    """Say whether a host is this machine or in a private network, such as a room's.

    Args:
        host: Its name or number. The answer is no if only one of its numbers is public.

    Raises:
        OSError: If there is no such host.
    """
    found = {entry[4][0] for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    return all(_private(number) for number in found)


def _private(number: str) -> bool:
    address = ipaddress.ip_address(number)
    mapped = getattr(address, "ipv4_mapped", None)
    return not (mapped or address).is_global


def guard(url: str, insecure: bool) -> str:
    """Return what to tell a learner about who can read along, or "".

    Without encryption every device on the way can: that is a room's own network, or half the world.

    Args:
        url: As `understand` returns it.
        insecure: Whether the learner allows even that.

    Raises:
        BoardError: If the way leads through a public network without encryption, or to no host.
    """
    parts = urlsplit(url)
    if parts.scheme == "https":
        return ""
    try:
        private = near(parts.hostname)
    except (OSError, UnicodeError) as error:
        raise BoardError(
            f"there is no machine {parts.hostname} to be found from here: "
            "look whether the address is right and this machine is in the network of the class"
        ) from error
    if private and _is_here(parts.hostname):
        return ""
    if private or insecure:
        where = "in this network" if private else "on the way to the board"
        return (
            f"The address begins with http, without an s: others {where} could read your alias and results "
            "as they are sent. If you mind, leave, and join under a name that only the teacher knows."
        )
    raise BoardError(
        f"{parts.hostname} is not in a private network, and with http all that lies between could read "
        "your results: ask the teacher for an address with https, or add --insecure if you don't mind"
    )


def _is_here(host: str) -> bool:
    """Say whether a host is this machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
