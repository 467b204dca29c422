using System.Text;
using DockerGuardProxy.Probe;
using Xunit;

namespace DockerGuardProxy.Tests.Probe;

public sealed class FileSystemGuessTests
{
    private const string Base = """
        700 650 0:60 / / rw,relatime - overlay overlay rw,lowerdir=/a,upperdir=/b
        701 700 0:61 / /proc rw - proc proc rw
        702 700 0:62 / /dev rw - tmpfs tmpfs rw
        703 700 254:0 /d/containers/x/hosts /etc/hosts rw - ext4 /dev/vda rw
        704 700 254:0 /d/containers/x/resolv.conf /etc/resolv.conf rw - ext4 /dev/vda rw

        """;

    private const string Loop = "705 700 7:0 / /data rw,relatime master:9 - ext4 /dev/loop0 rw\n";
    private const string Nfs = "706 700 0:70 /sub /mnt/my\\040share rw - nfs4 server:/export\\040one rw,addr=1.2.3.4\n";
    private const string OtherNfs = "709 700 0:75 / /mnt/other rw - nfs other:/x rw\n";
    private const string Fuse = "707 700 0:71 / /mnt/fuse rw - fuse.sshfs user@host: rw\n";
    private const string OwnVolume = "708 700 254:0 /d/volumes/v/_data /vol rw - ext4 /dev/vda rw\n";

    public static TheoryData<string, string, string[], string?> Cases => new()
    {
        // The only one it can be.
        { "percpu_rwsem_wait", Base + Loop, ["/", "pipe:[12]"], "ext4 /dev/loop0" },
        { "", Base + Loop, [], "ext4 /dev/loop0" },
        // Two possible: an open file on the one does not tell which.
        { "folio_wait_bit", Base + Loop + Nfs, ["/", "/data/a"], null },
        { "folio_wait_bit", Base + Loop + Nfs, [], null },
        // Two of the named type: an open file does.
        { "nfs_wait", Base + Nfs + OtherNfs, ["/", "/mnt/my share/deep/file (deleted)"], "nfs4 server:/export one" },
        { "nfs_wait", Base + Nfs + OtherNfs, ["/mnt/my share", "/mnt/other/x"], null },
        { "nfs_wait", Base + Nfs + OtherNfs, ["/mnt/otherwise"], null },
        // A root that is no overlay is the engine's too.
        { "percpu_rwsem_wait", "1 0 254:0 / / rw - ext4 /dev/vda rw\n" + Loop, ["/tmp", "/x"], "ext4 /dev/loop0" },
        // The kernel function names the type.
        { "rpc_wait_bit_killable", Base + Loop + Nfs, ["/data/a"], "nfs4 server:/export one" },
        { "request_wait_answer", Base + Loop + Nfs + Fuse, [], "fuse.sshfs user@host:" },
        { "fuse_dentry_revalidate", Base + Loop + Nfs, [], null },
        // A file on the engine's own disk is open: that disk may be it, and so may the other.
        { "io_schedule", Base + Loop + OwnVolume, ["/vol/db"], null },
        { "jbd2_log_wait_commit", Base + OwnVolume, ["/vol/db"], "ext4 /dev/vda" },
        { "io_schedule", Base, ["/"], null },
        { "io_schedule", "", ["/"], null },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Tells_only_what_can_be_told(string wchan, string mounts, string[] links, string? expected) =>
        Assert.Equal(expected, FileSystemGuess.Of(wchan, "/", links, Mount.ParseTable(Encoding.UTF8.GetBytes(mounts))));

    [Fact]
    public void Links_are_relative_to_the_namespace_mount_points_to_the_root_of_the_task()
    {
        var mounts = Mount.ParseTable(Encoding.UTF8.GetBytes(Base + Nfs + OtherNfs));
        Assert.Equal("nfs other:/x", FileSystemGuess.Of("nfs_wait", "/jail", ["/jail/mnt/other/f", "/jail"], mounts));
        Assert.Null(FileSystemGuess.Of("nfs_wait", "/jail", ["/jailed/mnt/other/f", "/mnt/other/f"], mounts));
    }

    [Fact]
    public void A_later_mount_on_the_same_point_hides_the_earlier()
    {
        var mounts = Mount.ParseTable(Encoding.UTF8.GetBytes(Base + Nfs + OtherNfs + "710 709 0:72 / /mnt/other rw - nfs third:/ rw\n"));
        Assert.Equal("nfs third:/", FileSystemGuess.Of("nfs_wait", "/", ["/mnt/other/f"], mounts));
    }

    [Fact]
    public void A_source_can_smuggle_nothing_into_a_log() => Assert.Equal(
        "fuse.x evil? ?name",
        FileSystemGuess.Of("", "/", [], Mount.ParseTable("1 0 0:1 / /m rw - fuse.x evil\\012\\040\\011name rw"u8)));
}
