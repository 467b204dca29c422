using System.Text;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Splice;
using Xunit;

namespace DockerGuardProxy.Tests.Route;

/// <summary>
/// Calls that pile up, with the heads that clients write, take the splice lane: there transfers are watched, and what is with the engine can be told.
/// What of them takes the HTTP lane is spelled as no client spells it, or HTTP/2, which none of them speaks for these.
/// </summary>
public sealed class ClientHeadsTests
{
    private static readonly string[] Clients =
    [
        // docker CLI, kubelet, cri-dockerd, Traefik: Go's net/http
        "Host: docker\r\nUser-Agent: Docker-Client/20.10.24+dfsg1 (linux)\r\n",
        "Host: api.moby.localhost\r\nUser-Agent: Docker-Client/28.5.2 (linux)\r\n",
        "Host: docker\r\nUser-Agent: Go-http-client/1.1\r\nAccept-Encoding: gzip\r\n",

        // docker-py: requests on http.client
        "Host: localhost\r\nUser-Agent: docker-sdk-python/7.1.0\r\nAccept-Encoding: gzip, deflate\r\nAccept: */*\r\nConnection: keep-alive\r\n",

        // curl, dockerode, Docker.DotNet
        "Host: localhost\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n",
        "Host: localhost\r\nConnection: close\r\n",
        "Host: docker\r\nUser-Agent: Docker.DotNet\r\nConnection: keep-alive\r\n",
    ];

    private static readonly string[] Calls =
    [
        "GET /containers/web/json HTTP/1.1\r\n", "GET /v1.40/containers/web/json?size=1 HTTP/1.1\r\n",
        "GET /containers/web/top?ps_args=-ef HTTP/1.1\r\n",
        "GET /v1.41/containers/web/logs?follow=1&stdout=1&tail=all HTTP/1.1\r\n", "GET /containers/web/changes HTTP/1.1\r\n",
        "GET /containers/web/stats?one-shot=1&stream=0 HTTP/1.1\r\n", "GET /v1.41/containers/web/archive?path=%2Ftmp%2Fbig HTTP/1.1\r\n",
        "HEAD /v1.41/containers/web/archive?path=%2Ftmp HTTP/1.1\r\n",
    ];

    private static readonly string[] Bodies =
    [
        "Transfer-Encoding: chunked\r\n", "Content-Length: 10\r\nContent-Type: application/x-tar\r\n",
        "Content-Length: 10\r\nExpect: 100-continue\r\n",
    ];

    [Fact]
    public void Whatever_asks_takes_the_splice_lane() => Assert.All(
        Clients.SelectMany(client => Calls.Select(call => $"{call}{client}\r\n")), head => Assert.Equal(Lane.Splice, LaneOf(head)));

    [Fact]
    public void So_do_uploads_and_execs() => Assert.All(
        Clients.SelectMany(client => Bodies.SelectMany(body => new[]
        {
            $"PUT /v1.41/containers/web/archive?noOverwriteDirNonDir=true&path=%2Ftmp HTTP/1.1\r\n{client}{body}\r\n",
            $"POST /v1.41/containers/web/exec HTTP/1.1\r\n{client}{body}\r\n",
        })).Concat(
        [
            "POST /v1.41/exec/0123abcd/start HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 29\r\n\r\n",
            "POST /exec/0123abcd/start HTTP/1.1\r\nHost: localhost\r\nContent-Length: 29\r\nContent-Type: application/json\r\n\r\n",
        ]),
        head => Assert.Equal(Lane.Splice, LaneOf(head)));

    private static Lane LaneOf(string head)
    {
        var bytes = Encoding.ASCII.GetBytes(head);
        RequestScan scan = default;
        return scan.Read(bytes) == RequestOutcome.Plain ? CallTable.Docker.Match(bytes[scan.Method], bytes[scan.Target]).Lane : Lane.Http;
    }
}
