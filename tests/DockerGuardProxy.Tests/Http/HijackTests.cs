using System.Net;
using DockerGuardProxy.Http;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace DockerGuardProxy.Tests.Http;

public sealed class HijackTests
{
    private const string Raw = "application/vnd.docker.raw-stream";

    [Theory]
    [InlineData("POST", "/v1.41/exec/abc/start", null, true)]
    [InlineData("POST", "/exec/abc/start?x=y", null, true)]
    [InlineData("POST", "/containers/a/attach?stream=1", null, true)]
    [InlineData("POST", "/containers%2Fa%2Fattach", null, true)]
    [InlineData("POST", "/containers/a/att%61ch", null, true)]
    [InlineData("POST", "/%65xec/a/start", null, true)]
    [InlineData("GET", "/containers/a/attach/ws", "websocket", true)]
    [InlineData("POST", "/session", "h2c", true)]
    [InlineData("POST", "/grpc", "h2c", true)]
    [InlineData("POST", "/exec/a/start", "tcp", true)]
    [InlineData("GET", "/containers/a/attach", null, false)]
    [InlineData("POST", "/containers/a/start", null, false)]
    [InlineData("POST", "/containers/a/attach/", null, false)]
    [InlineData("POST", "/containers/a/stop?/attach", null, false)]
    [InlineData("GET", "/containers/a/logs?follow=1", null, false)]
    [InlineData("POST", "/containers/a/%zz", null, false)]
    public void Requests_that_may_turn_into_a_stream(string method, string target, string? upgrade, bool isPossible) =>
        Assert.Equal(isPossible, Hijack.IsPossible(Request(method, upgrade), target));

    [Theory]
    [InlineData("GET", 101, null, null, false, true)]
    [InlineData("POST", 101, Raw, null, false, true)]
    [InlineData("POST", 200, Raw, null, false, true)]
    [InlineData("POST", 200, "application/vnd.docker.multiplexed-stream", null, false, true)]
    [InlineData("GET", 200, Raw, null, false, false)]
    [InlineData("POST", 200, Raw, "5", false, false)]
    [InlineData("POST", 200, Raw, null, true, false)]
    [InlineData("POST", 200, "application/json", null, false, false)]
    [InlineData("POST", 200, "application/vnd.docker.distribution.manifest.v2+json", null, false, false)]
    [InlineData("POST", 200, null, null, false, false)]
    [InlineData("POST", 201, Raw, null, false, false)]
    [InlineData("POST", 404, "application/json", "5", false, false)]
    [InlineData("POST", 409, Raw, null, false, false)]
    public void Answers_that_turn_it_into_one(string method, int status, string? type, string? length, bool isChunked, bool isGranted)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StreamContent(Stream.Null) };
        if (type is not null) response.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        if (length is not null) response.Content.Headers.TryAddWithoutValidation("Content-Length", length);
        if (isChunked) response.Headers.TransferEncodingChunked = true;
        Assert.Equal(isGranted, Hijack.IsGranted(Request(method), response));
    }

    private static HttpRequest Request(string method, string? upgrade = null)
    {
        var request = new DefaultHttpContext().Request;
        request.Method = method;
        if (upgrade is not null) request.Headers.Upgrade = upgrade;
        return request;
    }
}
