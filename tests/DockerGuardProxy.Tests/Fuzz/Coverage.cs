using System.Runtime.InteropServices;
using SharpFuzz.Common;

namespace DockerGuardProxy.Tests.Fuzz;

/// <summary>
/// Which branches of the program an input has led to, and how often about: by a program that tests/fuzz/guided has instrumented. One that is not
/// counts nothing, and no input of it is new. For one thread at a time.
/// </summary>
internal static unsafe class Coverage
{
    /// <summary>As SharpFuzz has it: a counter for each pair of branches that follow each other, by a hash.</summary>
    private const int Size = 1 << 16;

    private static readonly byte* Counts = (byte*)NativeMemory.AllocZeroed(Size);

    /// <summary>Begins to count for an input.</summary>
    public static void Begin()
    {
        new Span<byte>(Counts, Size).Clear();
        Trace.SharedMem = Counts;
        Trace.PrevLocation = 0;
    }

    /// <summary>Adds what was counted to all that has been seen. True if it had something new.</summary>
    /// <param name="seen">For each counter the powers of two that it has come to, as bits.</param>
    public static bool AddTo(byte[] seen)
    {
        var isNew = false;
        var counts = new ReadOnlySpan<byte>(Counts, Size);
        for (int at; (at = counts.IndexOfAnyExcept((byte)0)) >= 0; counts = counts[(at + 1)..])
        {
            var place = Size - counts.Length + at;
            var power = (byte)(1 << Math.Min(7, (int)byte.Log2(counts[at])));
            isNew |= (seen[place] & power) == 0;
            seen[place] |= power;
        }

        return isNew;
    }

    /// <summary>What nothing has been seen with.</summary>
    public static byte[] Nothing() => new byte[Size];
}
