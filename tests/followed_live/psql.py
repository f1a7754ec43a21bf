#!/usr/bin/env python3
"""Stands for psql and a server with one role, whose password is that of a verifier in a file."""

import base64
import hashlib
import hmac
import os
import re
import sys

STATE = os.path.join(os.environ["HOME"], "verifier")


def accepts(password):
    if not os.path.exists(STATE):
        return password == "cherry-blossom-canary"
    with open(STATE) as file:
        rounds, salt, stored = re.match(r"SCRAM-SHA-256\$(\d+):(.+?)\$(.+?):", file.read()).groups()
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(salt), int(rounds))
    key = hmac.digest(salted, b"Client Key", "sha256")
    return hashlib.sha256(key).digest() == base64.b64decode(stored)


with open(os.environ["PGSERVICEFILE"]) as service:
    password = re.search(r"password=(.*)", service.read()).group(1)
if not accepts(password):
    sys.exit("FATAL:  password authentication failed")
change = re.search(r"PASSWORD '(.*)'", sys.stdin.read())
if change:
    with open(STATE, "w") as file:
        file.write(change.group(1))
