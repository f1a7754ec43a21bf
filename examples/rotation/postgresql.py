#!/usr/bin/env python3
"""Changes and tries the password of a PostgreSQL role, for rotate.

    export PGHOST=db.example PGDATABASE=shop ROTATE_ROLE=app
    kubectl secretsafe rotate secret/db password --generate password \\
        --set-exec examples/rotation/postgresql.py \\
        --test-exec examples/rotation/postgresql.py \\
        --test-old-exec examples/rotation/postgresql.py

The role changes its own password: it signs in with the new value (then it is done) or
with the old one. With ROTATE_ADMIN=1 whoever libpq's own environment names (PGUSER,
PGPASSFILE, …) changes it; that is what --strategy alternate needs, where another role
gets the value. The name of the role is that of the key user or username in the Secret,
if it is rotated, too, and that of ROTATE_ROLE otherwise.

The server is sent a SCRAM verifier (RFC 5803), so no log of it can have the password.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
import subprocess
import sys

DONE, REFUSED, UNKNOWN, ALREADY_DONE = 0, 1, 2, 10


def psql(statement, login=None):
    """Runs a statement; the login stands in a service file that is a pipe."""
    environment = dict(os.environ, LC_ALL="C", PGCONNECT_TIMEOUT="10")
    descriptors = []
    if login:
        user, password = login
        reader, writer = os.pipe()
        os.write(writer, f"[rotate]\nuser={user}\npassword={password}\n".encode())
        os.close(writer)
        descriptors.append(reader)
        environment.update(PGSERVICE="rotate", PGSERVICEFILE=f"/dev/fd/{reader}")
        for name in ("PGUSER", "PGPASSWORD", "PGPASSFILE"):
            environment.pop(name, None)
    done = subprocess.run(
        ["psql", "-X", "-q", "-A", "-t", "-w", "-v", "ON_ERROR_STOP=1", "-f", "-"],
        input=statement, text=True, capture_output=True, env=environment, pass_fds=descriptors)
    for descriptor in descriptors:
        os.close(descriptor)
    return done


def signs_in(role, password):
    done = psql("select 1", (role, password))
    if done.returncode == 0:
        return DONE
    refused = "password authentication failed" in done.stderr
    sys.stderr.write(done.stderr)
    return REFUSED if refused else UNKNOWN


def verifier(password):
    salt, rounds = secrets.token_bytes(16), 4096
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, rounds)
    key = hmac.digest(salted, b"Client Key", "sha256")
    stored = hashlib.sha256(key).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    text = lambda value: base64.b64encode(value).decode()
    return f"SCRAM-SHA-256${rounds}:{text(salt)}${text(stored)}:{text(server)}"


def change(role, password, other):
    quoted = '"' + role.replace('"', '""') + '"'
    statement = f"ALTER ROLE {quoted} PASSWORD '{verifier(password)}'"
    if signs_in(role, password) == DONE:
        return ALREADY_DONE
    login = None if os.environ.get("ROTATE_ADMIN") else (role, other)
    done = psql(statement, login)
    sys.stderr.write(done.stderr)
    return DONE if done.returncode == 0 else UNKNOWN


def main():
    keys = {one["key"]: one for one in json.load(sys.stdin)["keys"]}
    user = keys.pop("user", None) or keys.pop("username", None)
    role = user["value"] if user else os.environ["ROTATE_ROLE"]
    if len(keys) != 1:
        sys.exit("rotate one password at a time")
    password = next(iter(keys.values()))
    if os.environ["SECRETSAFE_PHASE"] == "set":
        return change(role, password["value"], password.get("other"))
    return signs_in(role, password["value"])


sys.exit(main())
