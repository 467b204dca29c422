using System.CommandLine;
using DockerGuardProxy.Commands;

// Read by System.Net.Sockets before the first socket: a completion then runs on the thread that saw it, which nearly
// halves the latency of a call. It holds only as long as nothing on those threads blocks.
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

var root = new RootCommand("A guard between Docker clients and the engine.") { RunCommand.Create(), CheckConfigCommand.Create() };

// The host ends the daemon on SIGTERM, in its own time; the command line's two seconds would cut it off.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
