"""To which addresses a webhook may be sent: global unicast, and nothing that leads somewhere else.

The rule is a list of what is refused and, for IPv6, of the one block out of which global unicast is given. The property
``is_global`` of the standard library is not enough: it holds for 64:ff9b::7f00:1 (NAT64 of 127.0.0.1), for
2002:7f00:1:: (6to4 of the same) and for multicast. It is asked besides.

Sources: the IANA registries of special-purpose addresses (RFC 6890 and what updates it), of multicast and of IPv6
unicast space.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address

_GLOBAL_UNICAST = IPv6Network("2000::/3")
"""RFC 4291, section 2.4. All translated, mapped, local and reserved forms lie outside: ::/96, ::ffff:0:0/96,
64:ff9b::/96, 64:ff9b:1::/48, 100::/64, 5f00::/16, fc00::/7, fe80::/10, fec0::/10, ff00::/8."""

_REFUSED = tuple(
    ip_network(block)
    for block in (
        "0.0.0.0/8",  # this network, unspecified (RFC 791)
        "10.0.0.0/8",  # private (RFC 1918)
        "100.64.0.0/10",  # shared by carriers (RFC 6598)
        "127.0.0.0/8",  # loopback (RFC 1122)
        "169.254.0.0/16",  # link-local (RFC 3927): where clouds keep their metadata
        "172.16.0.0/12",  # private (RFC 1918)
        "192.0.0.0/24",  # protocol assignments (RFC 6890)
        "192.0.2.0/24",  # documentation (RFC 5737)
        "192.31.196.0/24",  # AS112 (RFC 7535)
        "192.52.193.0/24",  # AMT relays (RFC 7450)
        "192.88.99.0/24",  # 6to4 relays (RFC 7526)
        "192.168.0.0/16",  # private (RFC 1918)
        "192.175.48.0/24",  # AS112 (RFC 7534)
        "198.18.0.0/15",  # benchmarking (RFC 2544)
        "198.51.100.0/24",  # documentation (RFC 5737)
        "203.0.113.0/24",  # documentation (RFC 5737)
        "224.0.0.0/4",  # multicast (RFC 5771)
        "240.0.0.0/4",  # reserved, and broadcast (RFC 1112, RFC 919)
        "2001::/23",  # protocol assignments (RFC 2928): Teredo, benchmarking, ORCHID
        "2001:db8::/32",  # documentation (RFC 3849)
        "2002::/16",  # 6to4 (RFC 3056)
        "2620:4f:8000::/48",  # AS112 (RFC 7534)
        "3ffe::/16",  # the former 6bone (RFC 3701)
        "3fff::/20",  # documentation (RFC 9637)
    )
)

_ISATAP = frozenset({0x0000_5EFE, 0x0200_5EFE})
"""What stands before an embedded IPv4 address in an interface identifier (RFC 5214, section 6.1)."""


def checked_address(text: str) -> Address | None:
    """Return the address that ``text`` spells when a webhook may be sent there, else None.

    ``text`` is what a resolver answers: dotted decimal or RFC 4291. Whatever else it may be is refused.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return address if is_public(address) else None


def is_public(address: Address) -> bool:
    """Say whether an address is one of the public internet, which leads to no other address and to no network of ours."""
    if isinstance(address, IPv6Address):
        if address.scope_id is not None or address not in _GLOBAL_UNICAST:
            return False
        if (int(address) >> 32) & 0xFFFF_FFFF in _ISATAP:
            return False
    if any(address in block for block in _REFUSED if block.version == address.version):
        return False
    return address.is_global and not address.is_multicast
