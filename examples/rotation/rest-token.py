#!/usr/bin/env python3
"""Registers and tries tokens of a service with a REST API, for rotate: both tokens are
valid until --retire-exec removes the old one.

    export TOKEN_API=https://api.example/v1/tokens TOKEN_CHECK=https://api.example/v1/me
    kubectl secretsafe rotate secret/api token --generate token \\
        --set-exec examples/rotation/rest-token.py --test-exec examples/rotation/rest-token.py \\
        --retire-exec examples/rotation/rest-token.py --test-old-exec examples/rotation/rest-token.py

It signs in with the token that is valid, and sends the SHA-256 of the other one: PUT
registers it, DELETE removes it. Most services differ in some detail: change it here.
"""

import hashlib
import json
import os
import sys
import urllib.error
import urllib.request

DONE, REFUSED, UNKNOWN, ALREADY_DONE = 0, 1, 2, 10


def ask(method, address, token):
    request = urllib.request.Request(address, method=method, headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def about(token):
    return os.environ["TOKEN_API"].rstrip("/") + "/" + hashlib.sha256(token.encode()).hexdigest()


def signs_in(token):
    status = ask("GET", os.environ["TOKEN_CHECK"], token)
    if status < 300:
        return DONE
    return REFUSED if status in (401, 403) else UNKNOWN


def main():
    [key] = json.load(sys.stdin)["keys"]
    value, other = key["value"], key["other"]
    phase = os.environ["SECRETSAFE_PHASE"]
    if phase == "set":
        if signs_in(value) == DONE:
            return ALREADY_DONE
        return DONE if ask("PUT", about(value), other) < 300 else UNKNOWN
    if phase == "retire":
        return DONE if ask("DELETE", about(other), value) in (200, 202, 204, 404) else UNKNOWN
    return signs_in(value)


sys.exit(main())
