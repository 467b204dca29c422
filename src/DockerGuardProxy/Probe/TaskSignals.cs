using System.Buffers.Text;

namespace DockerGuardProxy.Probe;

/// <summary>The lines of <c>/proc/PID/task/TID/status</c> that count; see proc_pid_status(5).</summary>
/// <param name="KillPending">SIGKILL is in SigPnd or ShdPnd.</param>
/// <param name="Switches">voluntary_ctxt_switches + nonvoluntary_ctxt_switches.</param>
/// <param name="NamespacePid">The innermost pid of NSpid; null on kernels before 4.1, which lack the line.</param>
/// <param name="IsNested">NSpid names more than one PID namespace.</param>
internal readonly record struct TaskSignals(bool KillPending, ulong Switches, int? NamespacePid, bool IsNested)
{
    private const ulong SigKill = 1UL << 8;

    /// <summary>False if a line that evidence rests on is missing.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out TaskSignals status)
    {
        status = default;
        ulong pending = 0, switches = 0;
        int? namespacePid = null;
        var nested = false;
        var found = 0;
        foreach (var range in text.Split((byte)'\n'))
        {
            var line = text[range];
            var colon = line.IndexOf((byte)':');
            if (colon < 0)
                continue;
            var key = line[..colon];
            var value = line[(colon + 1)..].Trim(" \t"u8);
            if (key.SequenceEqual("SigPnd"u8) || key.SequenceEqual("ShdPnd"u8))
            {
                if (!Utf8Parser.TryParse(value, out ulong mask, out var used, 'x') || used != value.Length)
                    return false;
                pending |= mask;
                found++;
            }
            else if (key.SequenceEqual("voluntary_ctxt_switches"u8) || key.SequenceEqual("nonvoluntary_ctxt_switches"u8))
            {
                if (!Utf8Parser.TryParse(value, out ulong count, out _))
                    return false;
                switches += count;
                found++;
            }
            else if (key.SequenceEqual("NSpid"u8))
            {
                var last = value.LastIndexOfAny(" \t"u8);
                nested = last >= 0;
                namespacePid = Utf8Parser.TryParse(value[(last + 1)..], out int pid, out _) ? pid : null;
            }
        }

        status = new((pending & SigKill) != 0, switches, namespacePid, nested);
        return found == 4;
    }
}
