# Holds each packet of one netfilter queue for a time, then lets it go on, as netem's delay does in kernels that have it.
# python3 netlab-delay.py QUEUE MILLISECONDS; prints "ready" when packets may come.
import collections
import os
import select
import socket
import struct
import sys
import time

QUEUE, DELAY = int(sys.argv[1]), float(sys.argv[2]) / 1000
NETLINK_NETFILTER, SUBSYSTEM, PACKET, VERDICT, CONFIG, BATCH = 12, 3 << 8, 0x300, 1, 2, 3
REQUEST, ACKNOWLEDGED, ACCEPT = 1, 5, 1

netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
netlink.bind((0, 0))
netlink.setsockopt(socket.SOL_SOCKET, 33, 16 << 20)  # SO_RCVBUFFORCE
netlink.setsockopt(270, 5, 1)  # NETLINK_NO_ENOBUFS


def attribute(kind, data):
    return struct.pack("=HH", 4 + len(data), kind) + data + b"\0" * (-len(data) % 4)


def send(kind, body, flags=REQUEST):
    head = struct.pack("=IHHII", 20 + len(body), SUBSYSTEM | kind, flags, 0, 0)
    netlink.send(head + struct.pack("!BBH", 0, 0, QUEUE) + body)


def configure(body):
    send(CONFIG, body, ACKNOWLEDGED)
    error = struct.unpack_from("=i", netlink.recv(65536), 16)[0]
    if error:
        raise OSError(-error, os.strerror(-error))


def packets(message):
    at = 0
    while at + 20 <= len(message):
        length, kind = struct.unpack_from("=IH", message, at)
        if length < 16:
            return
        inner = at + 20
        while kind == PACKET and inner + 4 <= at + length:
            size, name = struct.unpack_from("=HH", message, inner)
            if name & 0x3FFF == 1:
                yield struct.unpack_from("!I", message, inner + 4)[0]
                break
            inner += max(4, (size + 3) & ~3)
        at += (length + 3) & ~3


configure(attribute(1, struct.pack("!BxH", 1, socket.AF_INET)))
configure(attribute(2, struct.pack("!IB", 0, 1)))
configure(attribute(3, struct.pack("!I", 65536)))
print("ready", flush=True)
netlink.setblocking(False)
held = collections.deque()
while True:
    wait = max(0.0, held[0][0] - time.monotonic()) if held else None
    if wait is None or wait > 0:
        select.select([netlink], [], [], wait)
    due = time.monotonic() + DELAY
    try:
        for _ in range(512):
            held.extend((due, packet) for packet in packets(netlink.recv(65536)))
    except BlockingIOError:
        pass
    last = None
    while held and held[0][0] <= time.monotonic():
        last = held.popleft()[1]
    if last is not None:
        send(BATCH, attribute(2, struct.pack("!II", ACCEPT, last)))
