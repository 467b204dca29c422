"""docker-py: exec over a hijacked connection, attach, logs, archives, errors. Prints what it sees."""
import io
import socket
import sys
import tarfile

import docker

client = docker.DockerClient(base_url="unix://" + sys.argv[1])
api = client.api
container = client.containers.create("lab", ["sleep", "1000"], name="py")
container.start()

print(container.exec_run(["sh", "-c", "echo out; exit 3"]))
print(container.exec_run(["sh", "-c", "echo out; sleep 0.1; echo err >&2"], demux=True))
print(b"".join(container.exec_run(["sh", "-c", "for i in 1 2 3; do echo $i; done"], stream=True).output))
print(len(container.exec_run(["head", "-c", "8388608", "/dev/zero"]).output))

# The raw socket: bytes to the program, half-close, bytes back.
for tty in False, True:
    exec_id = api.exec_create(container.id, ["sh", "-c", "read a; echo got $a"], stdin=True, tty=tty)["Id"]
    stream = api.exec_start(exec_id, tty=tty, socket=True)
    raw = stream._sock
    raw.sendall(b"hello\n")
    data = b""
    while True:
        part = raw.recv(4096)
        if not part:
            break
        data += part
    print(tty, data)
    print(api.exec_inspect(exec_id)["ExitCode"])
exec_id = api.exec_create(container.id, ["cat"], stdin=True)["Id"]
raw = api.exec_start(exec_id, socket=True)._sock
raw.sendall(b"all of it")
raw.shutdown(socket.SHUT_WR)
data = b""
while True:
    part = raw.recv(4096)
    if not part:
        break
    data += part
print(data)

tar = io.BytesIO()
with tarfile.open(fileobj=tar, mode="w") as archive:
    entry = tarfile.TarInfo("f")
    entry.size = 5
    archive.addfile(entry, io.BytesIO(b"bytes"))
print(container.put_archive("/tmp", tar.getvalue()))
print(len(b"".join(container.get_archive("/tmp/f")[0])))

other = client.containers.run("lab", ["sh", "-c", "echo a; sleep 0.3; echo b"], detach=True, name="py2")
print(list(other.logs(stream=True, follow=True)))
print(other.wait())
print(client.containers.run("lab", ["echo", "run"], remove=True))
for name, call in (
    ("get", lambda: client.containers.get("nosuch")),
    ("exec", lambda: api.exec_start("nosuch")),
    ("conflict", lambda: client.containers.create("lab", "true", name="py")),
    ("run", lambda: client.containers.run("lab", ["sh", "-c", "exit 4"], remove=True)),
):
    try:
        call()
    except docker.errors.DockerException as error:
        print(name, type(error).__name__, getattr(getattr(error, "response", None), "status_code", ""), getattr(error, "explanation", error))
container.remove(force=True)
other.remove()
