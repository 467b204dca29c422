namespace DockerGuardProxy.EngineTests.Transparency.Cli;

/// <summary>What people do with the docker command.</summary>
internal static class Scenarios
{
    public static IEnumerable<Scenario> All() =>
    [
        new("run: output and exit codes", """
            x docker run --name a lab sh -c 'echo out; echo err >&2; exit 42'
            x docker run --rm lab true
            x docker run --rm lab nosuchprogram
            x docker run --rm --entrypoint / lab
            x docker run --rm nosuchimage:x --pull never
            x docker run -d --name a lab true
            """, Basic: true),
        new("run: piped input", """
            echo hello | x docker run -i --rm lab cat
            printf 'a\nb\nc\n' | x docker run -i --rm lab sort -r
            x docker run -i --rm lab cat </dev/null
            echo unread | x docker run -i --rm lab sh -c 'exit 3'
            """, Basic: true),
        new("run: 8 MiB in", "head -c 8388608 /dev/zero | tr '\\0' x | x docker run -i --rm lab sha256sum", Basic: true),
        new("run: 8 MiB in and back", "head -c 8388608 /dev/zero | tr '\\0' x | docker run -i --rm lab cat | sha256sum", Basic: true),
        new("run: 64 MiB out", "docker run --rm lab sh -c 'head -c 67108864 /dev/zero | tr \"\\0\" y' | sha256sum", Basic: true),
        new("run: terminal", """
            x script -qec 'docker run -it --rm lab sh -c "tty; stty size; echo done; exit 5"' /dev/null </dev/null
            x docker run -t --rm lab echo tty
            x docker run -it --rm lab echo refused
            """, Basic: true),
        new("run: terminal with typing", """
            (sleep 1.5; echo 'echo typed $((6*7))'; sleep 0.5; echo 'exit 9') | x script -qec 'docker run -it --rm lab sh' /dev/null
            """),
        new("run: detached, wait, rm", """
            x docker run -d --name a lab sh -c 'sleep 0.3; exit 11'
            x docker wait a
            x docker inspect -f '{{.State.ExitCode}} {{.State.Status}}' a
            x docker rm a
            x docker wait a
            """, Basic: true),
        new("run: signals through the client", """
            docker run --name a lab sh -c 'trap "echo got; exit 7" TERM; echo ready; while :; do sleep 0.1; done' >out & p=$!
            until docker logs a 2>/dev/null | grep -q ready; do sleep 0.1; done
            kill -TERM $p; wait $p; echo $?; cat out
            """),
        new("exec: output, input and exit codes", """
            docker run -d --name a lab sleep 1000
            x docker exec a sh -c 'echo out; echo err >&2; exit 42'
            echo hello | x docker exec -i a cat
            printf 'b\na\n' | x docker exec -i a sort
            x docker exec -d a touch /tmp/f
            x docker exec -e A=1 -w /tmp -u root a sh -c 'echo $A; pwd; id -u'
            x docker exec a nosuchprogram
            x docker exec nosuch true
            docker stop -t 0 a
            x docker exec a true
            """, Basic: true),
        new("exec: 8 MiB in", "docker run -d --name a lab sleep 1000; head -c 8388608 /dev/zero | x docker exec -i a sha256sum", Basic: true),
        new("exec: 64 MiB out", "docker run -d --name a lab sleep 1000; docker exec a head -c 67108864 /dev/zero | sha256sum", Basic: true),
        new("exec: terminal", """
            docker run -d --name a lab sleep 1000
            x script -qec 'docker exec -it a sh -c "tty; echo done; exit 6"' /dev/null </dev/null
            x docker exec -t a echo tty
            x docker exec -it a echo refused
            """),
        new("attach", """
            docker run -di --name a lab sh -c 'while read l; do echo got $l; done; echo end; exit 4'
            (sleep 0.3; echo one; echo two) | x docker attach a
            docker run -d --name b lab sh -c 'sleep 0.7; echo late; exit 3'
            x docker attach b
            x docker attach b
            x docker attach nosuch
            """, Basic: true),
        new("logs", """
            docker run --name a lab sh -c 'for i in 1 2 3; do echo $i; sleep 0.05; echo e$i >&2; sleep 0.05; done' >/dev/null 2>&1
            x docker logs a
            x docker logs --tail 2 a
            x docker logs -t a
            x docker logs nosuch
            docker run -d --name b lab sh -c 'for i in 1 2 3 4 5; do echo line $i; sleep 0.1; done'
            x docker logs -f b
            docker run -d --name c lab sh -c 'while :; do echo again; sleep 0.1; done'
            timeout 1 "$DOCKER" logs -f c | sort -u
            """, Basic: true),
        new("events", """
            since=$(date +%s.%N)
            "$DOCKER" events --filter type=container --format '{{.Action}} {{.Actor.Attributes.name}} {{.Actor.Attributes.exitCode}}' >out & p=$!
            sleep 0.5
            docker run --name a lab sh -c 'exit 2'; docker rm a >/dev/null
            sleep 0.5; kill $p; wait $p; cat out
            docker events --since "$since" --until "$(date +%s.%N)" --format '{{.Type}} {{.Action}}'
            x docker events --since nonsense
            """),
        new("cp", """
            docker run -d --name a lab sleep 1000
            head -c 3000000 /dev/zero | tr '\0' z >file; mkdir -p tree/deep; echo 1 >tree/one; echo 2 >tree/deep/two
            x docker cp file a:/tmp/
            x docker cp tree a:/tmp
            x docker exec a sh -c 'sha256sum /tmp/file /tmp/tree/one /tmp/tree/deep/two'
            x docker cp a:/tmp/file back; cmp file back
            x docker cp a:/tmp/tree backtree; diff -r tree backtree
            x docker cp a:/etc/passwd - | tar -t
            tar -c tree | x docker cp - a:/root
            x docker cp a:/nope .
            x docker cp nosuch:/x .
            x docker cp file a:/nope/nope
            x docker cp nosuchfile a:/
            """, Basic: true),
        new("save, load, import, export", """
            docker save lab | tar -t | wc -l
            docker save lab -o i.tar; x docker load -i i.tar
            x docker load <i.tar
            docker tag lab other:1; docker save other:1 lab | docker load | sort
            x docker rmi other:1
            docker create --name a lab true >/dev/null
            docker export a | tar -t | wc -l
            docker export a | docker import --change 'CMD ["true"]' - imported:1 >/dev/null; x docker run --rm imported:1; x docker rmi -f imported:1 | wc -l
            x docker load </dev/null
            echo nonsense | x docker load
            x docker save nosuch -o /dev/null
            """, Basic: true),
        new("build: classic", """
            printf 'FROM lab\nCOPY f /f\nRUN cat /f && echo err >&2\nENV A=1\nCMD ["cat","/f"]\n' >Dockerfile; echo content >f
            export DOCKER_BUILDKIT=0
            x docker build --network none --no-cache -t built .
            x docker run --rm built
            printf 'FROM lab\nRUN exit 3\n' | x docker build --network none --no-cache -
            printf 'NONSENSE\n' | x docker build -
            tar -c Dockerfile f | docker build --network none --no-cache -q -t built2 - >/dev/null; x docker run --rm built2
            docker rmi -f built built2 >/dev/null
            """),
        new("build: BuildKit", """
            printf 'FROM lab\nCOPY f /f\nRUN cat /f\nCMD ["cat","/f"]\n' >Dockerfile; head -c 2000000 /dev/zero | tr '\0' b >f; echo end >>f
            export DOCKER_BUILDKIT=1
            docker build --network none --no-cache --progress plain -t built . >out 2>&1; echo $?; grep -c DONE out
            docker run --rm built | sha256sum
            printf 'FROM lab\nRUN exit 3\n' >Dockerfile; docker build --network none --no-cache --progress plain . >out 2>&1; echo $?; grep -c 'exit code: 3' out
            echo NONSENSE >Dockerfile; docker build . >out 2>&1; echo $?; tail -n 1 out
            docker rmi -f built >/dev/null
            docker builder prune -af >/dev/null; echo $?
            """, Basic: true),
        new("top, stats, diff, port", """
            docker run -d --name a lab sh -c 'touch /tmp/new; sleep 1000'
            sleep 0.3
            docker top a | wc -l; docker top a -o comm
            docker stats --no-stream --format '{{.Name}} {{.PIDs}}' a
            docker stats --no-stream a | head -1
            timeout 4 "$DOCKER" stats --format '{{.Name}}' a | tr -d '\033[2JH' | head -1
            x docker diff a; x docker port a
            x docker top nosuch; x docker stats --no-stream nosuch
            docker stop -t 0 a; x docker top a
            """),
        new("update, rename, pause, kill, restart", """
            docker run -d --name a lab sh -c 'trap "exit 0" TERM; while :; do sleep 0.1; done'
            x docker update --memory 64m --memory-swap 64m a; docker inspect -f '{{.HostConfig.Memory}}' a
            x docker rename a b; x docker rename nosuch c; x docker rename b b
            x docker pause b; x docker pause b; docker inspect -f '{{.State.Status}}' b; x docker unpause b; x docker unpause b
            x docker kill -s HUPP b; x docker kill -s CONT b
            x docker restart -t 1 b; x docker stop -t 5 b; x docker stop b; docker inspect -f '{{.State.ExitCode}}' b
            x docker kill b; x docker start b; x docker start b; x docker rm b; x docker rm -f b; x docker rm -f b; x docker rm b
            x docker stop nosuch; x docker kill nosuch; x docker restart nosuch
            """, Basic: true),
        new("network", """
            x docker network create --internal --subnet 10.213.0.0/24 n | wc -c
            x docker network create --internal n
            x docker network ls --format '{{.Name}} {{.Driver}}'
            docker network inspect -f '{{.Name}} {{.Internal}} {{json .IPAM.Config}}' n
            x docker network inspect nosuch
            docker run -d --name a --network none lab sleep 1000
            x docker network connect n a; x docker network disconnect n a; x docker network disconnect nosuch a
            x docker network rm n; x docker network rm n; x docker network prune -f
            """),
        new("volume", """
            x docker volume create v; x docker volume create --label a=b v; x docker volume ls -q
            docker volume inspect -f '{{.Name}} {{.Driver}} {{.Scope}}' v
            x docker run --rm -v v:/data lab sh -c 'echo kept >/data/f'; x docker run --rm -v v:/data lab cat /data/f
            docker create --name a -v v:/data lab >/dev/null; x docker volume rm v; docker rm a; x docker volume rm v
            x docker volume rm nosuch; x docker volume inspect nosuch; x docker volume prune -f
            """),
        new("images and system", """
            x docker images --format '{{.Repository}}:{{.Tag}}'; x docker history --format '{{.CreatedBy}} {{.Size}}' lab
            docker inspect -f '{{json .Config.Cmd}} {{.Os}}' lab
            x docker tag lab again:1; x docker rmi again:1; x docker rmi nosuch; x docker tag nosuch x; x docker image prune -f
            docker system df --format '{{.Type}} {{.TotalCount}}'; docker system df -v | head -3
            docker version -f '{{.Server.Version}}'; docker info -f '{{.ServerVersion}} {{.Images}} {{.Driver}}'
            x docker ps -a; x docker container prune -f; x docker pull nosuch.invalid/x:y >/dev/null; x docker search --limit 0 x
            """, Basic: true),
        new("commit and health", """
            docker run --name a lab sh -c 'echo state >/state'; docker commit -m msg a committed:1 >/dev/null; x docker run --rm committed:1 cat /state
            x docker rmi -f committed:1 | wc -l; x docker commit nosuch x
            docker run -d --name b --health-cmd 'test -e /nope' --health-interval 300ms --health-retries 1 lab sleep 1000
            for i in $(seq 50); do s=$(docker inspect -f '{{.State.Health.Status}}' b); [ "$s" = unhealthy ] && break; sleep 0.1; done; echo $s
            """),
        new("detach keys and many at once", """
            docker run -dit --name a lab sh
            (sleep 0.7; printf '\020\021') | x script -qec 'docker attach a' /dev/null | tail -1
            docker inspect -f '{{.State.Running}}' a
            for i in 1 2 3 4 5 6 7 8; do docker run --rm lab sh -c "echo $i; exit $i" >o$i 2>&1 & done; wait; cat o?
            """),
    ];
}
