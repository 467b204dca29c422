using System.Buffers.Text;
using DockerGuardProxy.Text;

namespace DockerGuardProxy.Probe;

/// <summary>The fields of <c>/proc/PID/task/TID/stat</c> that count; see proc_pid_stat(5).</summary>
/// <param name="Comm">Field 2, printable ASCII.</param>
/// <param name="State">Field 3.</param>
/// <param name="Flags">Field 9, the kernel's PF_ flags.</param>
/// <param name="Start">Field 22, clock ticks since boot.</param>
internal readonly record struct TaskStat(string Comm, char State, uint Flags, ulong Start)
{
    /// <summary>Field 4, the parent as seen from here; of a thread, its process's.</summary>
    public int Parent { get; init; }

    private const uint PfExiting = 0x4;
    private const uint PfKernelThread = 0x200000;

    /// <summary>The task has begun to exit.</summary>
    public bool IsExiting => (Flags & PfExiting) != 0;

    /// <summary>A kernel thread (a vhost worker is put into the cgroup of its owner): no signal reaches it and none needs to.</summary>
    public bool IsKernelThread => (Flags & PfKernelThread) != 0;

    /// <summary>False if the text is not a stat line.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out TaskStat stat)
    {
        stat = default;

        // The name may hold anything, spaces and brackets too: it ends at the last bracket.
        var open = text.IndexOf((byte)'(');
        var close = text.LastIndexOf((byte)')');
        if (open < 0 || close < open || close + 2 >= text.Length)
            return false;
        var comm = Printable.Of(text[(open + 1)..close]);
        var rest = text[(close + 2)..];
        var state = (char)rest[0];

        var parent = 0;
        uint flags = 0;
        ulong start = 0;
        var number = 3;
        foreach (var range in rest.Split((byte)' '))
        {
            var field = rest[range];
            if (number == 4 && !Utf8Parser.TryParse(field, out parent, out _))
                return false;
            if (number == 9 && !Utf8Parser.TryParse(field, out flags, out _))
                return false;
            if (number == 22)
            {
                if (!Utf8Parser.TryParse(field, out start, out _))
                    return false;
                stat = new(comm, state, flags, start) { Parent = parent };
                return true;
            }

            number++;
        }

        return false;
    }
}
