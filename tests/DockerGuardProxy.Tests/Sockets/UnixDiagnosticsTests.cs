using System.Buffers.Binary;
using CsCheck;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Sockets;
using Xunit;

namespace DockerGuardProxy.Tests.Sockets;

public sealed class UnixDiagnosticsTests
{
    private static readonly SocketIdentity File = new(0x1_0000_0007, 26);

    [Fact]
    public void Sockets_of_the_file_are_taken_and_others_are_not()
    {
        byte[] datagram =
        [
            .. Socket(11, 1, Vfs(7, 26), Peer(12)),
            .. Socket(13, 1, Peer(14)),
            .. Socket(15, 1, Vfs(8, 26), Peer(16)),
            .. Socket(17, 1, Vfs(7, 27), Peer(18)),
            .. Socket(19, 10, Vfs(7, 26)),
            .. Socket(20, 1, Attribute(0, "name"u8), Vfs(7, 26), Peer(0)),
            .. Socket(21, 1, Vfs(7, 26)),
        ];
        var sockets = new List<UnixSocket>();
        Assert.False(UnixDiagnostics.Read(datagram, File, sockets));
        Assert.True(UnixDiagnostics.Read(Message(3, [0, 0, 0, 0]), File, sockets));
        Assert.Equal([new(11, false, 12), new(19, true, 0), new(20, false, 0), new(21, false, 0)], sockets);
        Assert.Equal(new EngineConnections(3, 2), EngineConnections.Of(sockets));
    }

    [Fact]
    public void Without_a_listener_or_an_answer_nothing_is_known()
    {
        Assert.Null(EngineConnections.Of(null));
        Assert.Null(EngineConnections.Of([]));
        Assert.Null(EngineConnections.Of([new(11, false, 0)]));
        Assert.Equal(new EngineConnections(0, 0), EngineConnections.Of([new(11, true, 0)]));
    }

    [Fact]
    public void An_error_of_the_kernel_is_no_answer() =>
        Assert.Null(UnixDiagnostics.Read(Message(2, [0xFE, 0xFF, 0xFF, 0xFF]), File, []));

    [Fact]
    public void Garbage_is_survived() =>
        Gen.Byte.Array[0, 200].Sample(bytes => { _ = UnixDiagnostics.Read(bytes, File, []); });

    [Fact]
    public void Cut_and_bent_messages_are_survived()
    {
        var whole = Socket(11, 1, Vfs(7, 26), Peer(12));
        Gen.Select(Gen.Int[0, whole.Length], Gen.Int[0, whole.Length - 1], Gen.Byte).Sample((length, at, value) =>
        {
            var bytes = whole.ToArray();
            bytes[at] = value;
            _ = UnixDiagnostics.Read(bytes.AsSpan(0, length), File, []);
        });
    }

    private static byte[] Socket(uint inode, byte state, params byte[][] attributes)
    {
        var message = new byte[16];
        (message[0], message[1], message[2]) = (1, 1, state);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(4), inode);
        return Message(20, [.. message, .. attributes.SelectMany(attribute => attribute)]);
    }

    private static byte[] Vfs(uint inode, uint device) => Attribute(1, [.. BitConverter.GetBytes(inode), .. BitConverter.GetBytes(device)]);

    private static byte[] Peer(uint inode) => Attribute(2, BitConverter.GetBytes(inode));

    private static byte[] Attribute(ushort type, ReadOnlySpan<byte> value) =>
        [.. BitConverter.GetBytes((ushort)(4 + value.Length)), .. BitConverter.GetBytes(type), .. value, .. new byte[(4 - (value.Length % 4)) % 4]];

    private static byte[] Message(ushort type, ReadOnlySpan<byte> body) =>
        [.. BitConverter.GetBytes(16 + body.Length), .. BitConverter.GetBytes(type), .. new byte[10], .. body];
}
