using System.Globalization;
using System.Runtime.InteropServices;

namespace DockerGuardProxy.Listen;

/// <summary>Turns names of users and groups into numbers, as the name service of the machine knows them.</summary>
internal static partial class Account
{
    // struct passwd and struct group (pwd.h, grp.h) begin alike on 64-bit Linux: two pointers, then the id.
    private const int IdOffset = 16;

    /// <summary>The number of a user, by name or by number; null if there is no such user.</summary>
    public static uint? User(string nameOrNumber) => Find(nameOrNumber, GetUser);

    /// <summary>The number of a group, by name or by number; null if there is no such group.</summary>
    public static uint? Group(string nameOrNumber) => Find(nameOrNumber, GetGroup);

    private static uint? Find(string nameOrNumber, Func<string, nint> find)
    {
        if (uint.TryParse(nameOrNumber, NumberStyles.None, CultureInfo.InvariantCulture, out var id)) return id;

        var entry = find(nameOrNumber);
        return entry == 0 ? null : (uint)Marshal.ReadInt32(entry, IdOffset);
    }

    [LibraryImport("libc", EntryPoint = "getpwnam", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetUser(string name);

    [LibraryImport("libc", EntryPoint = "getgrnam", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetGroup(string name);
}
