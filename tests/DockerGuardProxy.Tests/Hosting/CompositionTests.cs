using DockerGuardProxy.Configuration;
using DockerGuardProxy.Hosting;
using DockerGuardProxy.Tests.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DockerGuardProxy.Tests.Hosting;

public sealed class CompositionTests
{
    [Fact]
    public void No_service_beside_the_way_of_calls_is_left_to_end_unseen()
    {
        using var folder = new TempFolder();
        var store = ConfigurationStore.Start(folder.With("{}").Sources, TimeProvider.System, NullLogger.Instance);
        using var host = Composition.Build(store, TimeProvider.System, folder["proc"], _ => { });
        var services = host.Services.GetServices<IHostedService>().ToArray();
        Assert.True(services.Length > 8);
        Assert.Empty(services.OfType<BackgroundService>());
        Assert.Equal(8, services.OfType<SupervisedService>().Count());
    }
}
