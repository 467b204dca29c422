using System.CommandLine;
using DockerGuardProxy.Demo;

// Before all else: from here on no signal leaves anything behind. The command line's own handling knows neither SIGHUP nor a second Ctrl-C.
using var interruption = new Interruption();
return await DemoCommand.Create(interruption).Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
