"""A server's certificate for a test over TLS, and the authority that vouches for it."""

from pathlib import Path

import trustme


def server_files(folder: Path, *hosts: str) -> tuple[tuple[str, str], str]:
    """Certificate and key, in one file, of a server by these names; and the file of its authority, `authority.pem`."""
    authority = trustme.CA()
    root, server = str(folder / "authority.pem"), str(folder / "server.pem")
    authority.cert_pem.write_to_path(root)
    authority.issue_cert(*hosts).private_key_and_cert_chain_pem.write_to_path(server)
    return (server, server), root
