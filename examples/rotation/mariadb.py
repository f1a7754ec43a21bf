#!/usr/bin/env python3
"""Changes and tries the password of a MariaDB user, for rotate: both passwords are valid
until --retire-exec ends the old one.

    export ROTATE_ROLE=app ROTATE_HOST=% MYSQL_HOST=db.example
    kubectl secretsafe rotate secret/db password --generate password \\
        --set-exec examples/rotation/mariadb.py --test-exec examples/rotation/mariadb.py \\
        --retire-exec examples/rotation/mariadb.py --test-old-exec examples/rotation/mariadb.py

Statements are run by whoever the client's own option files name (an administrator). The
server is sent hashes only. A MySQL server has the same as a feature of its own: put
"IDENTIFIED BY … RETAIN CURRENT PASSWORD" and "DISCARD OLD PASSWORD" in the place of the
two statements below.
"""

import hashlib
import json
import os
import subprocess
import sys

DONE, REFUSED, UNKNOWN = 0, 1, 2


def client(arguments, statement, descriptors=()):
    return subprocess.run(["mariadb", *arguments, "--batch"], input=statement, text=True,
                          capture_output=True, pass_fds=descriptors)


def signs_in(user, password):
    quoted = password.replace("\\", "\\\\").replace('"', '\\"')
    reader, writer = os.pipe()
    os.write(writer, f'[client]\nuser="{user}"\npassword="{quoted}"\n'.encode())
    os.close(writer)
    options = [f"--defaults-file=/dev/fd/{reader}"]
    for name, flag in (("MYSQL_HOST", "host"), ("MYSQL_UNIX_PORT", "socket")):
        if name in os.environ:
            options.append(f"--{flag}={os.environ[name]}")
    done = client(options, "select 1", (reader,))
    os.close(reader)
    sys.stderr.write(done.stderr)
    if done.returncode == 0:
        return DONE
    return REFUSED if "ERROR 1045" in done.stderr else UNKNOWN


def hashed(password):
    once = hashlib.sha1(password.encode()).digest()
    return "*" + hashlib.sha1(once).hexdigest().upper()


def alter(user, passwords):
    name = user.replace("\\", "\\\\").replace("'", "\\'")
    host = os.environ.get("ROTATE_HOST", "%")
    ways = " OR ".join(f"mysql_native_password USING '{hashed(one)}'" for one in passwords)
    done = client([], f"ALTER USER '{name}'@'{host}' IDENTIFIED VIA {ways}")
    sys.stderr.write(done.stderr)
    return DONE if done.returncode == 0 else UNKNOWN


def main():
    user = os.environ["ROTATE_ROLE"]
    [key] = json.load(sys.stdin)["keys"]
    value, other = key["value"], key.get("other")
    phase = os.environ["SECRETSAFE_PHASE"]
    if phase == "set":
        # Of a run that is taken back only the old one stays.
        back = os.environ["SECRETSAFE_DIRECTION"] == "back"
        return alter(user, [value] if back else [value, other])
    if phase == "retire":
        return alter(user, [value])
    return signs_in(user, value)


sys.exit(main())
