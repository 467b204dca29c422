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
    private const string Fuse = "707 700 0:71 / /mnt/fuse rw - fuse.sshfs user@host: rw\n";
    private const string OwnVolume = "708 700 254:0 /d/volumes/v/_data /vol rw - ext4 /dev/vda rw\n";

    public static TheoryData<string, string, string[], string?> Cases => new()
    {
        // The only one it can be.
        { "percpu_rwsem_wait", Base + Loop, ["/", "pipe:[12]"], "ext4 /dev/loop0" },
        { "", Base + Loop, [], "ext4 /dev/loop0" },
        // Open files tell which.
        { "folio_wait_bit", Base + Loop + Nfs, ["/", "/data/a"], "ext4 /dev/loop0" },
        { "folio_wait_bit", Base + Loop + Nfs, ["/", "/mnt/my share/deep/file (deleted)"], "nfs4 server:/export one" },
        { "folio_wait_bit", Base + Loop + Nfs, ["/database/a"], null },
        // Two possible: not told.
        { "folio_wait_bit", Base + Loop + Nfs, ["/data/a", "/mnt/my share"], null },
        { "folio_wait_bit", Base + Loop + Nfs, [], null },
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
        var mounts = Mount.ParseTable(Encoding.UTF8.GetBytes(Base + Loop + Nfs));
        Assert.Equal("ext4 /dev/loop0", FileSystemGuess.Of("", "/jail", ["/jail/data/f", "/jail"], mounts));
        Assert.Null(FileSystemGuess.Of("", "/jail", ["/jailed/data/f", "/data/f"], mounts));
    }

    [Fact]
    public void A_later_mount_on_the_same_point_hides_the_earlier()
    {
        var mounts = Mount.ParseTable(Encoding.UTF8.GetBytes(Base + Loop + Nfs + "709 705 0:72 / /data rw - xfs /dev/sdb rw\n"));
        Assert.Equal("xfs /dev/sdb", FileSystemGuess.Of("", "/", ["/data/f"], mounts));
    }

    [Fact]
    public void A_source_can_smuggle_nothing_into_a_log() => Assert.Equal(
        "fuse.x evil? ?name",
        FileSystemGuess.Of("", "/", [], Mount.ParseTable("1 0 0:1 / /m rw - fuse.x evil\\012\\040\\011name rw"u8)));
}
