using System.Text;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Route;
using Xunit;

namespace DockerGuardProxy.Tests.Route;

public sealed class AttemptExchangeTests
{
    private static readonly string Id = new('a', 64);

    [Fact]
    public void It_goes_as_it_came() =>
        Assert.Equal(
            "POST /v1.41/containers/w%65b/stop?t=1 HTTP/1.1\r\nHost: h\r\n\r\nbody", Encode("POST", "/v1.41/containers/w%65b/stop?t=1", null));

    [Fact]
    public void It_goes_under_the_full_id() =>
        Assert.Equal($"POST /v1.41/containers/{Id}/stop?t=1 HTTP/1.1\r\nHost: h\r\n\r\nbody", Encode("POST", "/v1.41/containers/w%65b/stop?t=1", Id));

    [Fact]
    public void A_removal_of_an_alias_stays_a_removal() =>
        Assert.StartsWith(
            $"DELETE /containers/{Id}?force=1 HTTP/1.1\r\n", Encode("DELETE", "/containers/app/stop?force=1", Id), StringComparison.Ordinal);

    private static string Encode(string method, string target, string? id) => Encoding.Latin1.GetString(
        AttemptExchange.Encode(new GuardedRequest(method, target, "Host: h\r\n\r\n"u8.ToArray(), "body"u8.ToArray(), null), id).Span);
}
