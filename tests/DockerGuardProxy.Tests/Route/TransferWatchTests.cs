using DockerGuardProxy.Calls;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Streams;
using Xunit;

namespace DockerGuardProxy.Tests.Route;

/// <summary>A transfer is cut only for what its client does, and for what it does at that moment.</summary>
public sealed class TransferWatchTests : IDisposable
{
    private readonly StreamRig _rig = new()
    {
        Policies = FamilyPolicies.Default with { Transfers = new() { Mode = GuardMode.Enforce, Stall = TimeSpan.FromSeconds(20) } },
        OthersWait = true,
    };

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_client_that_has_read_on_since_it_was_measured_is_left_alone()
    {
        var client = await _rig.StallAsync(StreamKind.Download, "web");
        _rig.OnAsked = () => client.Read(1);
        await _rig.RunAsync(60);
        Assert.False(client.IsCut);
        Assert.DoesNotContain(_rig.Told, told => told is StreamEvent.TransferCut);
        _rig.OnAsked = static () => { };
        await _rig.RunAsync(25);
        Assert.True(client.IsCut);
    }

    [Theory]
    [InlineData(4096, false)]
    [InlineData(4097, true)]
    public async Task An_upload_is_its_clients_turn_only_once_the_engine_has_taken_more_than_it_reads_ahead(int sent, bool isCut)
    {
        var client = await _rig.StallAsync(StreamKind.Upload, "web");
        client.Stream.BodySent = sent;
        await _rig.RunAsync(30);
        Assert.Equal(isCut, client.IsCut);
    }
}
