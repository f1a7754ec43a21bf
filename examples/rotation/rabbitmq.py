#!/usr/bin/env python3
"""Changes and tries the password of a RabbitMQ user through the management API, for rotate.

    export RABBITMQ_API=https://mq.example:15671 ROTATE_ROLE=app ROTATE_ADMIN_FILE=admin
    kubectl secretsafe rotate secret/mq password --generate password \\
        --set-exec examples/rotation/rabbitmq.py --test-exec examples/rotation/rabbitmq.py \\
        --test-old-exec examples/rotation/rabbitmq.py

The administrator's user and password stand in the file that ROTATE_ADMIN_FILE names, one
line each. The server is sent a salted hash (its documentation, "Credentials and
Passwords"). Connections that are open stay open: restart their programs.
"""

import base64
import hashlib
import json
import os
import secrets
import sys
import urllib.error
import urllib.parse
import urllib.request

DONE, REFUSED, UNKNOWN = 0, 1, 2


def ask(method, path, login, body=None):
    pair = base64.b64encode(":".join(login).encode()).decode()
    request = urllib.request.Request(
        os.environ["RABBITMQ_API"].rstrip("/") + path, method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Basic {pair}", "Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read()


def main():
    user = os.environ["ROTATE_ROLE"]
    path = "/api/users/" + urllib.parse.quote(user, safe="")
    [key] = json.load(sys.stdin)["keys"]
    value = key["value"]
    if os.environ["SECRETSAFE_PHASE"] != "set":
        try:
            ask("GET", "/api/whoami", (user, value))
            return DONE
        except urllib.error.HTTPError as error:
            return REFUSED if error.code == 401 else UNKNOWN
    with open(os.environ["ROTATE_ADMIN_FILE"]) as lines:
        admin = tuple(lines.read().splitlines()[:2])
    salt = secrets.token_bytes(4)
    digest = salt + hashlib.sha256(salt + value.encode()).digest()
    tags = json.loads(ask("GET", path, admin))["tags"]
    ask("PUT", path, admin, {
        "password_hash": base64.b64encode(digest).decode(), "tags": tags,
        "hashing_algorithm": "rabbit_password_hashing_sha256"})
    return DONE


sys.exit(main())
