using System.Collections.Immutable;

namespace DockerGuardProxy.Probe;

/// <summary>One line of <c>/proc/PID/mountinfo</c>; see proc_pid_mountinfo(5).</summary>
/// <param name="Root">The part of the file system that is mounted.</param>
/// <param name="Point">Mount point, relative to the root of the process.</param>
/// <param name="Type">File system type.</param>
/// <param name="Source">Device, <c>server:/export</c> or the like.</param>
/// <param name="Options">Options of the file system, by which a v1 hierarchy tells its controllers.</param>
internal sealed record Mount(string Root, string Point, string Type, string Source, string Options)
{
    /// <summary>All lines that can be read, in the file's order: a later mount hides an earlier one.</summary>
    public static ImmutableArray<Mount> ParseTable(ReadOnlySpan<byte> text)
    {
        var mounts = ImmutableArray.CreateBuilder<Mount>();
        foreach (var range in text.Split((byte)'\n'))
        {
            // 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
            var fields = System.Text.Encoding.UTF8.GetString(text[range]).Split(' ');
            var dash = Array.IndexOf(fields, "-");
            if (dash < 6 || fields.Length < dash + 4)
                continue;
            mounts.Add(new(Plain(fields[3]), Plain(fields[4]), fields[dash + 1], Plain(fields[dash + 2]), fields[dash + 3]));
        }

        return mounts.DrainToImmutable();
    }

    /// <summary>Whether <paramref name="path"/> is the mount point or below.</summary>
    public bool Covers(string path) =>
        Point == "/" || (path.StartsWith(Point, StringComparison.Ordinal) && (path.Length == Point.Length || path[Point.Length] == '/'));

    /// <summary>The kernel writes space, tab, newline, # and backslash as three octal digits.</summary>
    private static string Plain(string field)
    {
        if (!field.Contains('\\', StringComparison.Ordinal))
            return field;
        var plain = new System.Text.StringBuilder(field.Length);
        for (var i = 0; i < field.Length; i++)
        {
            if (field[i] == '\\' && i + 3 < field.Length && IsOctal(field[i + 1]) && IsOctal(field[i + 2]) && IsOctal(field[i + 3]))
            {
                plain.Append((char)(((field[i + 1] - '0') * 64) + ((field[i + 2] - '0') * 8) + field[i + 3] - '0'));
                i += 3;
            }
            else
            {
                plain.Append(field[i]);
            }
        }

        return plain.ToString();
    }

    private static bool IsOctal(char c) => c is >= '0' and <= '7';
}
