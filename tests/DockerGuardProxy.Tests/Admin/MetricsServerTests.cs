using System.Net;
using System.Net.Sockets;
using DockerGuardProxy.Admin;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static DockerGuardProxy.Tests.Engine.Samples;

namespace DockerGuardProxy.Tests.Admin;

public sealed class MetricsServerTests
{
    [Fact]
    public async Task It_serves_the_page_and_nothing_else_and_a_second_one_says_that_the_port_is_taken()
    {
        await using var rig = await AdminRig.StartAsync();
        using var services = new ServiceCollection().BuildServiceProvider();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = listener.LocalEndpoint.ToString()!;
        listener.Stop();
        using var server = new MetricsServer(address, rig.Telemetry, services, rig.Loggers);
        await server.StartAsync(Cancel);
        using var client = new HttpClient { BaseAddress = new Uri($"http://{address}") };
        Assert.Equal("text/plain", (await client.GetAsync("/metrics", Cancel)).Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/v1/status", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.PostAsync("/metrics", null, Cancel)).StatusCode);

        using var second = new MetricsServer(address, rig.Telemetry, services, rig.Loggers);
        await second.StartAsync(Cancel);
        Assert.Contains(address, Assert.Single(rig.Log.Texts(1303)), StringComparison.Ordinal);
        Assert.Equal(200, (await rig.AskAsync(HttpMethod.Get, "/metrics")).Status);
        await server.StopAsync(Cancel);
    }

    [Fact]
    public async Task Without_an_address_nothing_is_served()
    {
        await using var rig = new AdminRig();
        using var services = new ServiceCollection().BuildServiceProvider();
        using var server = new MetricsServer("", rig.Telemetry, services, rig.Loggers);
        await server.StartAsync(Cancel);
        await server.StopAsync(Cancel);
        Assert.Empty(rig.Log.Texts(1303));
    }
}
