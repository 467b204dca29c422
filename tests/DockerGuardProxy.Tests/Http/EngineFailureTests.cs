using System.Text.Json;
using DockerGuardProxy.Http;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace DockerGuardProxy.Tests.Http;

public sealed class EngineFailureTests
{
    [Fact]
    public async Task The_answer_has_the_form_of_Dockers_own_errors()
    {
        var http = new DefaultHttpContext();
        using var body = new MemoryStream();
        http.Response.Body = body;
        await EngineFailure.AnswerAsync(http, "/run/\"odd\".sock", new IOException("gone"));
        Assert.Equal((502, "application/json", body.Length), (http.Response.StatusCode, http.Response.ContentType, http.Response.ContentLength));
        using var json = JsonDocument.Parse(body.ToArray());
        Assert.Equal("docker-guard-proxy: no answer from the engine at /run/\"odd\".sock: gone", json.RootElement.GetProperty("message").GetString());
    }
}
