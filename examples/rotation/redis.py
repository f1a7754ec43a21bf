#!/usr/bin/env python3
"""Changes and tries the password of a Redis user (ACL), for rotate: both passwords are
valid until --retire-exec removes the old one.

    export REDIS_HOST=cache.example ROTATE_ROLE=app
    kubectl secretsafe rotate secret/cache password --generate password \\
        --set-exec examples/rotation/redis.py --test-exec examples/rotation/redis.py \\
        --retire-exec examples/rotation/redis.py --test-old-exec examples/rotation/redis.py

The administrator's user and password stand in the file that ROTATE_ADMIN_FILE names, one
line each; without it nobody signs in for ACL SETUSER. The server is sent hashes only.
Redis forgets users at a restart unless it has an ACL file: this calls ACL SAVE, and goes
on where there is none.
"""

import hashlib
import json
import os
import socket
import sys

DONE, REFUSED, UNKNOWN = 0, 1, 2


class Redis:
    def __init__(self):
        address = (os.environ.get("REDIS_HOST", "127.0.0.1"), int(os.environ.get("REDIS_PORT", "6379")))
        self.stream = socket.create_connection(address, timeout=10).makefile("rwb")

    def ask(self, *words):
        self.stream.write(b"*%d\r\n" % len(words))
        for word in words:
            data = word.encode()
            self.stream.write(b"$%d\r\n%s\r\n" % (len(data), data))
        self.stream.flush()
        return self.stream.readline().decode().strip()


def administrator():
    redis = Redis()
    path = os.environ.get("ROTATE_ADMIN_FILE")
    if path:
        with open(path) as lines:
            user, password = lines.read().splitlines()[:2]
        answer = redis.ask("AUTH", user, password)
        if not answer.startswith("+"):
            sys.exit(UNKNOWN)
    return redis


def change(user, *rules):
    redis = administrator()
    answer = redis.ask("ACL", "SETUSER", user, *rules)
    # Removing what is not there is done already.
    if answer.startswith("-") and "no such password" not in answer.lower():
        print(answer, file=sys.stderr)
        return UNKNOWN
    redis.ask("ACL", "SAVE")
    return DONE


def signs_in(user, password):
    answer = Redis().ask("AUTH", user, password)
    if answer.startswith("+"):
        return DONE
    print(answer, file=sys.stderr)
    return REFUSED if "WRONGPASS" in answer else UNKNOWN


def hashed(password):
    return hashlib.sha256(password.encode()).hexdigest()


def main():
    user = os.environ["ROTATE_ROLE"]
    [key] = json.load(sys.stdin)["keys"]
    value, other = key["value"], key["other"]
    phase = os.environ["SECRETSAFE_PHASE"]
    if phase == "set":
        added = change(user, "#" + hashed(value))
        # Of a run that is taken back only the old one stays.
        if os.environ["SECRETSAFE_DIRECTION"] == "back" and added == DONE:
            return change(user, "!" + hashed(other))
        return added
    if phase == "retire":
        return change(user, "!" + hashed(other))
    return signs_in(user, value)


sys.exit(main())
