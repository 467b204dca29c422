using System.Buffers;
using System.Text;
using DockerGuardProxy.Listen;
using Xunit;

namespace DockerGuardProxy.Tests.Listen;

public sealed class HeadRepairTests
{
    private readonly HeadRepair _repair = new();

    [Theory]
    [InlineData("docker")]
    [InlineData("docker:2375")]
    [InlineData("127.0.0.1")]
    [InlineData("a-b.example.org:80")]
    [InlineData("")]
    public void A_plain_host_is_left_alone(string host)
    {
        var head = $"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n";
        Assert.Equal(head, Apply(head));
        Assert.Null(_repair.Host);
    }

    [Theory]
    [InlineData("%2Fvar%2Frun%2Fdocker.sock")]
    [InlineData("[::1]")]
    [InlineData("[::1]:2375")]
    [InlineData("a_b")]
    [InlineData(":80")]
    [InlineData("a:b")]
    [InlineData("a:1:2")]
    [InlineData("d\u00f6cker")]
    public void An_odd_host_is_kept_and_hidden(string host)
    {
        Assert.Equal(
            $"GET / HTTP/1.1\r\nhOST: {new string('x', host.Length)}\r\nA: b\r\n\r\n", Apply($"GET / HTTP/1.1\r\nhOST: {host}\r\nA: b\r\n\r\n"));
        Assert.Equal(host, _repair.Host);
    }

    [Theory]
    [InlineData("/var/run/docker.sock")]
    [InlineData("a b")]
    [InlineData("a\\b")]
    [InlineData("\"a\"")]
    public void A_host_that_the_engine_refuses_too_is_left_alone(string host)
    {
        var head = $"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n";
        Assert.Equal(head, Apply(head));
        Assert.Null(_repair.Host);
    }

    [Fact]
    public void White_space_around_a_host_is_not_part_of_it()
    {
        Assert.Equal("GET / HTTP/1.1\r\nHost: \t xxx\t \r\n\r\n", Apply("GET / HTTP/1.1\r\nHost: \t a_b\t \r\n\r\n"));
        Assert.Equal("a_b", _repair.Host);
    }

    [Fact]
    public void Bytes_above_ASCII_in_the_target_are_kept_and_hidden()
    {
        Assert.Equal("GET /a/xx?x HTTP/1.1\r\nHost: docker\r\n\r\n", Apply("GET /a/\u00c3\u00a4?\u00ff HTTP/1.1\r\nHost: docker\r\n\r\n"));
        Assert.Equal("/a/\u00c3\u00a4?\u00ff", _repair.Target);
        Assert.Null(_repair.Host);
    }

    [Theory]
    [InlineData("POST /x HTTP/1.0\r\n\r\n", "XOST /x HTTP/1.0\r\n\r\n", "POST")]
    [InlineData("PUT /x HTTP/1.0\n\n", "XUT /x HTTP/1.0\n\n", "PUT")]
    [InlineData("GET /x HTTP/1.0\r\n\r\n", "GET /x HTTP/1.0\r\n\r\n", null)]
    [InlineData("POST /x HTTP/1.1\r\n\r\n", "POST /x HTTP/1.1\r\n\r\n", null)]
    [InlineData("POST /x\r\n HTTP/1.0\r\n\r\n", "POST /x\r\n HTTP/1.0\r\n\r\n", null)]
    public void A_method_of_which_Kestrel_wants_a_length_is_hidden_in_HTTP_1_0(string head, string shown, string? method)
    {
        Assert.Equal(shown, Apply(head));
        Assert.Equal(method, _repair.Method);
    }

    [Fact]
    public void However_a_head_is_cut_into_reads_it_is_repaired_before_it_is_whole()
    {
        const string head = "POST /\u00e4 HTTP/1.0\r\nA: b\r\nHost: a_b\r\nC: d\r\n\r\n";
        const string shown = "XOST /x HTTP/1.0\r\nA: b\r\nHost: xxx\r\nC: d\r\n\r\n";
        for (var first = 0; first <= head.Length; first++)
        {
            for (var second = first; second <= head.Length; second += 3)
            {
                var repair = new HeadRepair();
                var bytes = Encoding.Latin1.GetBytes(head);
                foreach (var length in new[] { first, second, bytes.Length }) repair.Apply(new ReadOnlySequence<byte>(bytes, 0, length));
                Assert.Equal(shown, Encoding.Latin1.GetString(bytes));
                Assert.Equal(("POST", "/\u00e4", "a_b"), (repair.Method, repair.Target, repair.Host));
            }
        }
    }

    [Fact]
    public void A_second_head_behind_the_first_is_left_for_later()
    {
        const string first = "GET / HTTP/1.1\r\nHost: docker\r\n\r\n";
        const string second = "GET /\u00e4 HTTP/1.1\r\nHost: a_b\r\n\r\n";
        Assert.Equal(first + second, Apply(first + second));
        _repair.Reset();
        Assert.Equal("GET /x HTTP/1.1\r\nHost: xxx\r\n\r\n", Apply(second));
        Assert.Equal(("/\u00e4", "a_b"), (_repair.Target, _repair.Host));
        _repair.Reset();
        Assert.Equal((null, null, null), (_repair.Method, _repair.Target, _repair.Host));
    }

    [Fact]
    public void What_stands_in_a_body_is_no_host()
    {
        const string head = "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nHost: a_b";
        Assert.Equal(head, Apply(head));
        Assert.Null(_repair.Host);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\u00ff\n\n")]
    [InlineData("\u00ff \n\r\n")]
    [InlineData(" \u00ff HTTP/1.0\n")]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\n\n\n")]
    public void Garbage_does_no_harm(string bytes) => Apply(bytes);

    private string Apply(string head)
    {
        var bytes = Encoding.Latin1.GetBytes(head);
        _repair.Apply(new ReadOnlySequence<byte>(bytes));
        return Encoding.Latin1.GetString(bytes);
    }
}
