using System.Globalization;
using System.Runtime.InteropServices;

namespace DockerGuardProxy.Demo.Real;

/// <summary>The process that stands between an engine and the processes of one container. Stopped, it answers nobody.</summary>
internal sealed partial class Shim
{
    // signal(7)
    private const int Continue = 18, Stop = 19;

    private readonly int _pid;
    private bool _isStopped;

    private Shim(int pid) => _pid = pid;

    /// <summary>That of a container.</summary>
    /// <param name="init">Process id of the container's first process.</param>
    /// <exception cref="DemoException">There is none here: the engine is in another PID namespace, or has another runtime.</exception>
    public static Shim Of(int init)
    {
        try
        {
            // proc(5): the name, which may hold anything, ends with the last bracket; state and parent follow.
            var stat = File.ReadAllText($"/proc/{init}/stat");
            var parent = int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
            if (File.ReadAllText($"/proc/{parent}/comm").StartsWith("containerd-shim", StringComparison.Ordinal)) return new Shim(parent);
        }
        catch (IOException)
        {
            // No such process here.
        }

        throw new DemoException($"process {init} of the engine has no shim here that could be stopped");
    }

    /// <summary>It answers no more.</summary>
    /// <exception cref="DemoException">It is gone, or another's.</exception>
    public void Halt()
    {
        if (Kill(_pid, Stop) != 0) throw new DemoException($"the container's shim can't be stopped: {Marshal.GetLastPInvokeErrorMessage()}");
        _isStopped = true;
    }

    /// <summary>It goes on, if it was stopped.</summary>
    public void GoOn()
    {
        if (_isStopped) _ = Kill(_pid, Continue);
        _isStopped = false;
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
