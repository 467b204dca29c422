namespace DockerGuardProxy.EngineTests.Transparency.Cli;

/// <summary>What people do with the docker command.</summary>
internal static class Scenarios
{
    public static IEnumerable<Scenario> All() =>
    [
        new("run: output and exit codes", """
            x docker run --name ca lab sh -c 'echo out; echo err >&2; exit 42'
            x docker run --rm lab true
            x docker run --rm lab nosuchprogram
            x docker run --rm --entrypoint / lab
            x docker run --rm 127.0.0.1:1/nosuch
            x docker run -d --name ca lab true
            """, Basic: true),
        new("run: piped input", """
            echo hello | x docker run -i --rm lab cat
            printf 'a\nb\nc\n' | x docker run -i --rm lab sort -r
            x docker run -i --rm lab cat </dev/null
            echo unread | x docker run -i --rm lab sh -c 'exit 3'
            """, Basic: true),
        new("run: 8 MiB in", "head -c 8388608 /dev/zero | tr '\\0' x | x docker run -i --rm lab md5sum", Basic: true),
        new("run: 8 MiB in and back", "head -c 8388608 /dev/zero | tr '\\0' x | docker run -i --rm lab cat | md5sum", Basic: true),
        new("run: 64 MiB out", "docker run --rm lab sh -c 'head -c 67108864 /dev/zero | tr \"\\0\" y' | md5sum", Basic: true),
        new("run: terminal", """
            sleep 2 | x script -qec 'docker run -it --rm lab sh -c "tty; stty size; echo done; exit 5"' /dev/null # an end of input at once would race with the terminal
            x docker run -t --rm lab echo tty
            x docker run -it --rm lab echo refused
            """, Basic: true),
        new("run: terminal with typing", """
            (sleep 1.5; echo 'echo typed $((6*7))'; sleep 0.5; echo 'exit 9') | x script -qec 'docker run -it --rm lab sh' /dev/null
            """),
        new("run: detached, wait, rm", """
            x docker run -d --name ca lab sh -c 'sleep 0.3; exit 11'
            x docker wait ca
            x docker inspect -f '{{.State.ExitCode}} {{.State.Status}}' ca
            x docker rm ca
            x docker wait ca
            """, Basic: true),
        new("run: signals through the client", """
            "$DOCKER" run --name ca lab sh -c 'trap "echo got; exit 7" TERM; echo ready; while :; do sleep 0.1; done' >out & p=$!
            until docker logs ca 2>/dev/null | grep -q ready; do sleep 0.1; done
            kill -TERM $p; wait $p; echo $?; cat out
            """),
        new("exec: output, input and exit codes", """
            docker run -d --name ca lab sleep 1000
            x docker exec ca sh -c 'echo out; echo err >&2; exit 42'
            echo hello | x docker exec -i ca cat
            printf 'b\na\n' | x docker exec -i ca sort
            x docker exec -d ca touch /tmp/f
            x docker exec -e A=1 -w /tmp -u root ca sh -c 'echo $A; pwd; id -u'
            x docker exec ca nosuchprogram
            x docker exec nosuch true
            docker stop -t 0 ca
            x docker exec ca true
            """, Basic: true),
        new("exec: 8 MiB in", "docker run -d --name ca lab sleep 1000; head -c 8388608 /dev/zero | x docker exec -i ca md5sum", Basic: true),
        new("exec: 64 MiB out", "docker run -d --name ca lab sleep 1000; docker exec ca head -c 67108864 /dev/zero | md5sum", Basic: true),
        new("exec: terminal", """
            docker run -d --name ca lab sleep 1000
            sleep 2 | x script -qec 'docker exec -it ca sh -c "tty; echo done; exit 6"' /dev/null # an end of input at once would race with the terminal
            x docker exec -t ca echo tty
            x docker exec -it ca echo refused
            """),
        new("attach", """
            docker run -di --name ca lab sh -c 'read l; echo got $l; read l; echo got $l; echo end; sleep 0.5; exit 4'
            (sleep 1; echo one; echo two; sleep 2) | x docker attach ca
            docker run -d --name cb lab sh -c 'sleep 0.7; echo late; exit 3'
            x docker attach cb
            x docker attach cb
            x docker attach nosuch
            """, Basic: true),
        new("logs", """
            docker run --name ca lab sh -c 'for i in 1 2 3; do echo $i; sleep 0.05; echo e$i >&2; sleep 0.05; done' >/dev/null 2>&1
            x docker logs ca
            x docker logs --tail 2 ca
            x docker logs -t ca
            x docker logs nosuch
            docker run -d --name cb lab sh -c 'for i in 1 2 3 4 5; do echo line $i; sleep 0.1; done'
            x docker logs -f cb
            docker run -d --name cc lab sh -c 'while :; do echo again; sleep 0.1; done'
            timeout 1 "$DOCKER" logs -f cc | sort -u
            """, Basic: true),
        new("events", """
            since=$(date +%s.%N)
            "$DOCKER" events --filter type=container --format '{{.Action}} {{.Actor.Attributes.name}} {{.Actor.Attributes.exitCode}}' >out & p=$!
            sleep 0.5
            docker run --name ca lab sh -c 'exit 2'; docker rm ca >/dev/null
            sleep 0.5; kill $p; wait $p; cat out
            docker events --since "$since" --until "$(date +%s.%N)" --format '{{.Type}} {{.Action}}'
            x docker events --since nonsense
            """),
        new("cp", """
            docker run -d --name ca lab sleep 1000
            head -c 3000000 /dev/zero | tr '\0' z >file; mkdir -p tree/deep; echo 1 >tree/one; echo 2 >tree/deep/two
            x docker cp file ca:/tmp/
            x docker cp tree ca:/tmp
            x docker exec ca sh -c 'md5sum /tmp/file /tmp/tree/one /tmp/tree/deep/two'
            x docker cp ca:/tmp/file back; cmp file back
            x docker cp ca:/tmp/tree backtree; diff -r tree backtree
            x docker cp ca:/etc/passwd - | tar -t
            tar -c tree | x docker cp - ca:/root
            x docker cp ca:/nope .
            x docker cp nosuch:/x .
            x docker cp file ca:/nope/nope 2>&1 | grep -v level=error # the client's own goroutines race here
            x docker cp nosuchfile ca:/
            """, Basic: true),
        new("save, load, import, export", """
            docker save lab | tar -t | wc -l
            docker save lab -o i.tar; x docker load -i i.tar
            x docker load <i.tar
            docker tag lab other:1; docker save other:1 lab | docker load | sort
            x docker rmi other:1
            docker create --name ca lab true >/dev/null
            docker export ca | tar -t | wc -l
            docker export ca | docker import --change 'CMD ["true"]' - imported:1 >/dev/null; x docker run --rm imported:1; x docker rmi -f imported:1 | wc -l
            x docker load </dev/null
            echo nonsense | x docker load
            x docker save nosuch -o /dev/null
            """, Basic: true),
        new("build: classic", """
            printf 'FROM lab\nCOPY f /f\nRUN cat /f && sleep 0.3 && echo err >&2\nENV A=1\nCMD ["cat","/f"]\n' >Dockerfile; echo content >f
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
            docker run --rm built | md5sum
            printf 'FROM lab\nRUN exit 3\n' >Dockerfile; docker build --network none --no-cache --progress plain . >out 2>&1; echo $?; grep -c 'exit code: 3' out
            echo NONSENSE >Dockerfile; docker build . >out 2>&1; echo $?; tail -n 1 out
            docker rmi -f built >/dev/null
            docker builder prune -af >/dev/null; echo $?
            """, Basic: true),
        new("top, stats, diff, port", """
            docker run -d --name ca lab sh -c 'touch /tmp/new; sleep 1000'
            sleep 0.3
            docker top ca | wc -l; docker top ca -o comm
            docker stats --no-stream --format '{{.Name}} {{.PIDs}}' ca
            docker stats --no-stream ca | head -1
            timeout -s KILL 4 "$DOCKER" stats --format '{{.Name}}' ca | grep -o -m1 ca
            x docker diff ca; x docker port ca
            x docker top nosuch; x docker stats --no-stream nosuch
            docker stop -t 0 ca; x docker top ca
            """),
        new("update, rename, pause, kill, restart", """
            docker run -d --name ca lab sh -c 'trap "exit 0" TERM; while :; do sleep 0.1; done'
            x docker update --memory 64m --memory-swap 64m ca; docker inspect -f '{{.HostConfig.Memory}}' ca
            x docker rename ca cb; x docker rename nosuch c; x docker rename cb cb
            x docker pause cb; x docker pause cb; docker inspect -f '{{.State.Status}}' cb; x docker unpause cb; x docker unpause cb
            x docker kill -s HUPP cb; x docker kill -s CONT cb
            x docker restart -t 1 cb; x docker stop -t 5 cb; x docker stop cb; docker inspect -f '{{.State.ExitCode}}' cb
            x docker kill cb; x docker start cb; x docker start cb; x docker rm cb; x docker rm -f cb; x docker rm -f cb; x docker rm cb
            x docker stop nosuch; x docker kill nosuch; x docker restart nosuch
            """, Basic: true),
        new("network", """
            x docker network create --internal --subnet 10.213.0.0/24 n | wc -c
            x docker network create --internal n
            x docker network ls --format '{{.Name}} {{.Driver}}'
            docker network inspect -f '{{.Name}} {{.Internal}} {{json .IPAM.Config}}' n
            x docker network inspect nosuch
            docker network create --internal --subnet 10.214.0.0/24 m >/dev/null
            docker run -d --name ca --network m lab sleep 1000
            x docker network connect n ca; x docker exec ca sh -c 'ip -4 -o address | wc -l'; x docker network rm n; x docker network disconnect n ca; x docker network disconnect nosuch ca
            x docker network rm n; x docker network rm n; docker rm -f ca; x docker network prune -f
            """),
        new("volume", """
            x docker volume create vol; x docker volume create --label a=b vol; x docker volume ls -q
            docker volume inspect -f '{{.Name}} {{.Driver}} {{.Scope}}' vol
            x docker run --rm -v vol:/data lab sh -c 'echo kept >/data/f'; x docker run --rm -v vol:/data lab cat /data/f
            docker create --name ca -v vol:/data lab >/dev/null; x docker volume rm vol; docker rm ca; x docker volume rm vol
            x docker volume rm nosuch; x docker volume inspect nosuch; x docker volume prune -f
            """),
        new("images and system", """
            x docker images --format '{{.Repository}}:{{.Tag}}'; x docker history --format '{{.CreatedBy}} {{.Size}}' lab
            docker inspect -f '{{json .Config.Cmd}} {{.Os}}' lab
            x docker tag lab again:1; x docker rmi again:1; x docker rmi nosuch; x docker tag nosuch x; x docker image prune -f
            docker system df --format '{{.Type}} {{.TotalCount}}'; docker system df -v | head -3
            docker version -f '{{.Server.Version}}'; docker info -f '{{.ServerVersion}} {{.Images}} {{.Driver}}'
            x docker ps -a; x docker container prune -f; x docker pull 127.0.0.1:1/x:y; x docker pull BAD
            """, Basic: true),
        new("commit and health", """
            docker run --name ca lab sh -c 'echo state >/state'; docker commit -m msg ca committed:1 >/dev/null; x docker run --rm committed:1 cat /state
            x docker rmi -f committed:1 | wc -l; x docker commit nosuch x
            docker run -d --name cb --health-cmd 'test -e /nope' --health-interval 300ms --health-retries 1 lab sleep 1000
            for i in $(seq 50); do s=$(docker inspect -f '{{.State.Health.Status}}' cb); [ "$s" = unhealthy ] && break; sleep 0.1; done; echo $s
            """),
        new("detach keys and many at once", """
            docker run -dit --name ca lab sh
            (sleep 0.7; printf '\020\021') | x script -qec 'docker attach ca' /dev/null | tail -1
            docker inspect -f '{{.State.Running}}' ca
            for i in 1 2 3 4 5 6 7 8; do docker run --rm lab sh -c "echo $i; exit $i" >o$i 2>&1 & done; wait; cat o?
            """),
    ];
}
