using System.CommandLine;
using DockerGuardProxy.Forward;
using DockerGuardProxy.Listen;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Commands;

/// <summary><c>docker-guard-proxy run</c>: the daemon.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var listen = new Option<string?>("--listen") { Description = "Unix socket to serve", HelpName = "PATH" };
        var engine = new Option<string?>("--engine") { Description = "The engine's Unix socket", HelpName = "PATH" };
        var command = new Command("run", "Serve a Unix socket in front of the engine") { listen, engine };
        command.SetAction((result, cancellationToken) =>
            RunAsync(result.GetValue(listen) ?? "/run/docker-guard-proxy/docker.sock", result.GetValue(engine) ?? "/var/run/docker.sock", cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string listen, string engine, CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddSimpleConsole(options => options.SingleLine = true);
        builder.Logging.AddFilter("Yarp", LogLevel.None);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(10));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddHttpForwarder();
        builder.Services.AddSingleton(services => new EngineDialer(engine, services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<PassThrough>();
        builder.Services.AddSingleton<ProxyApplication>();
        builder.Services.AddSingleton<IHostedService>(services => new ProxyServer(
            listen,
            () => ListenSocket.Create(listen, (UnixFileMode)0x1B0, null, null),
            services.GetRequiredService<EngineDialer>(),
            services.GetRequiredService<ProxyApplication>(),
            services.GetRequiredService<TimeProvider>(),
            services,
            services.GetRequiredService<ILoggerFactory>()));
        using var host = builder.Build();
        try
        {
            await host.RunAsync(cancellationToken);
            return 0;
        }
        catch (ListenException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 2;
        }
    }
}
