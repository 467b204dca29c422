using System.CommandLine;
using System.CommandLine.Invocation;
using System.Globalization;
using DockerGuardProxy.Commands;

// Read by System.Net.Sockets before the first socket: a completion then runs on the thread that saw it, which nearly
// halves the latency of a call. It holds only as long as nothing on those threads blocks.
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

// Their number, likewise: .NET would take one for each processor then. Load and engine want processors too, and the fewer threads share the
// work, the less often one of them is woken for a single call.
const string SocketThreads = "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT";
if (Environment.GetEnvironmentVariable(SocketThreads) is null)
    Environment.SetEnvironmentVariable(SocketThreads, Math.Clamp(Environment.ProcessorCount / 2, 1, 8).ToString(CultureInfo.InvariantCulture));

var root = new RootCommand("A guard between Docker clients and the engine.")
{
    RunCommand.Create(),
    StatusCommand.Create(),
    DoctorCommand.Create(),
    ReleaseCommand.Create(),
    ReloadCommand.Create(),
    CheckConfigCommand.Create(),
    CheckNodeCommand.Create(),
    BundleCommand.Create(),
    VersionCommand.Create(),
};
var command = root.Parse(args);

// The host ends the daemon on SIGTERM, in its own time; the command line's two seconds would cut it off.
var code = await command.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

// 1 would mean a finding: a container is stuck, a file is not valid.
return command.Action is ParseErrorAction ? 2 : code;
