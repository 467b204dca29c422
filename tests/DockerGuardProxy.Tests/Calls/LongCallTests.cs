using DockerGuardProxy.Calls;
using Xunit;

namespace DockerGuardProxy.Tests.Calls;

public sealed class LongCallTests
{
    [Theory]
    [InlineData("GET", "/containers/web/json", "Inspect", "web")]
    [InlineData("GET", "/v1.41/containers/web/json?size=1", "Inspect", "web")]
    [InlineData("GET", "/containers/a%20b/stats?stream=0", "Stats", "a b")]
    [InlineData("GET", "/containers/web/logs?follow=1", "Logs", "web")]
    [InlineData("GET", "/containers/app/web/logs", "Logs", "app/web")]
    [InlineData("POST", "/containers/web/wait?condition=next-exit", "Wait", "web")]
    [InlineData("POST", "/containers/web/attach?stream=1", "Attach", "web")]
    [InlineData("GET", "/containers/web/attach/ws", "Attach", "web")]
    [InlineData("POST", "/v1.41/exec/4f1c/start", "Exec", "4f1c")]
    public void It_is_told_by_method_and_target(string method, string target, string kind, string reference)
    {
        Assert.True(LongCall.TryRecognise(method, target, out var found));
        Assert.Equal((kind, reference), (found.ToString(), LongCall.ReferenceOf(found, target)));
    }

    [Theory]
    [InlineData("GET", "/containers/json")]
    [InlineData("GET", "/containers/json?all=1")]
    [InlineData("POST", "/containers/web/start")]
    [InlineData("POST", "/containers/web/json")]
    [InlineData("GET", "/exec/4f1c/json")]
    [InlineData("GET", "/images/web/json")]
    [InlineData("GET", "/containers/web/ws")]
    [InlineData("GET", "/_ping")]
    [InlineData("OPTIONS", "*")]
    [InlineData("GET", "")]
    public void Others_are_not(string method, string target) => Assert.False(LongCall.TryRecognise(method, target, out _));
}
