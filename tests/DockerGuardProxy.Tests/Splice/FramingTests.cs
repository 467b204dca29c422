using System.Text;
using CsCheck;
using DockerGuardProxy.Splice;
using Xunit;

namespace DockerGuardProxy.Tests.Splice;

public sealed class FramingTests
{
    [Theory]
    [InlineData("0\r\n\r\n")]
    [InlineData("5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("05\r\nhello\r\n00\r\n\r\n")]
    [InlineData("a\r\n0123456789\r\nA \t\r\n0\r\n\r\n45678\r\n0\r\n\r\n")]
    [InlineData("5;name=\"va;lue\" \0\u00e9\r\nhello\r\n0;last\r\n\r\n")]
    [InlineData("0000000000000001\r\nx\r\n0000000000000000\r\n\r\n")]
    [InlineData("0\r\nName: value\r\nOther:\r\nX:\ty\u00e9 \r\n\r\n")]
    public void Chunked_bodies(string body)
    {
        var framing = Framing.Chunked;

        Assert.Equal(body.Length, framing.Follow(Bytes(body + "GET / HTTP/1.1")));
        Assert.Equal((true, false), (framing.IsComplete, framing.IsBroken));
        Assert.Equal(0, framing.Follow("0\r\n\r\n"u8));
    }

    /// <summary>A bar stands before the byte that breaks it.</summary>
    [Theory]
    [InlineData("|\r\n")]
    [InlineData("| 5\r\n")]
    [InlineData("|;x\r\n")]
    [InlineData("|-5\r\n")]
    [InlineData("|+5\r\n")]
    [InlineData("0|x5\r\n")]
    [InlineData("5|\nhello")]
    [InlineData("5\r|hello")]
    [InlineData("5\r|\r\n")]
    [InlineData("5 |;x\r\n")]
    [InlineData("5 |5\r\n")]
    [InlineData("5;x|\n")]
    [InlineData("5;x\r|x")]
    [InlineData("5\r\nhello|\n0\r\n")]
    [InlineData("5\r\nhello|0\r\n\r\n")]
    [InlineData("5\r\nhello\r|x")]
    [InlineData("5\r\nhello\r\n|\r\n")]
    [InlineData("0000000000000000|0\r\n")]
    [InlineData("800000000000000|0\r\n")]
    [InlineData("0\r\n|\n")]
    [InlineData("0\r\n| X: y\r\n")]
    [InlineData("0\r\n|: y\r\n")]
    [InlineData("0\r\nX| : y\r\n")]
    [InlineData("0\r\nX|\r\n")]
    [InlineData("0\r\nX: y|\n")]
    [InlineData("0\r\nX: y|\0")]
    [InlineData("0\r\nX: y\r|X")]
    [InlineData("0\r\nX: y\r\n| folded\r\n")]
    [InlineData("0\r\nX: y\r\n\r|X")]
    public void Broken_ones(string marked)
    {
        var body = marked.Replace("|", "", StringComparison.Ordinal);
        var framing = Framing.Chunked;

        Assert.Equal(marked.IndexOf('|', StringComparison.Ordinal), framing.Follow(Bytes(body)));
        Assert.Equal((false, true), (framing.IsComplete, framing.IsBroken));
        Assert.Equal(0, framing.Follow("\n0\r\n\r\n"u8));
        Assert.True(framing.IsBroken);
    }

    [Theory]
    [InlineData(4095, false)]
    [InlineData(4096, true)]
    public void A_line_of_a_size_has_a_bound(int length, bool isBroken)
    {
        var framing = Framing.Chunked;
        framing.Follow(Bytes("1\r\nx\r\n1;" + new string('x', length - 4) + "\r\n"));

        Assert.Equal(isBroken, framing.IsBroken);
    }

    [Theory]
    [InlineData(4096, false)]
    [InlineData(4097, true)]
    public void Trailers_have_a_bound(int length, bool isBroken)
    {
        var framing = Framing.Chunked;
        framing.Follow(Bytes("0;x\r\nA: 1\r\nX: " + new string('x', length - 13) + "\r\n\r\n"));

        Assert.Equal((isBroken, !isBroken), (framing.IsBroken, framing.IsComplete));
    }

    [Fact]
    public void Lengths()
    {
        var framing = Framing.Length(5);
        Assert.Equal(3, framing.Follow("hel"u8));
        Assert.False(framing.IsComplete);
        Assert.Equal(2, framing.Follow("loGET"u8));
        Assert.True(framing.IsComplete);
        Assert.Equal(0, framing.Follow("GET"u8));
    }

    [Fact]
    public void Ends_that_are_known_from_the_start()
    {
        var none = Framing.None;
        var untilClose = Framing.UntilClose;

        Assert.Equal((true, true, false), (none.IsComplete, Framing.Length(0).IsComplete, untilClose.IsComplete));
        Assert.Equal((0, 3), (none.Follow("GET"u8), untilClose.Follow("GET"u8)));
    }

    [Fact]
    public void A_chunk_of_any_size_is_skipped()
    {
        var framing = Framing.Chunked;
        framing.Follow("7fffffffffffffff\r\n"u8);

        Assert.Equal(1 << 20, framing.Follow(new byte[1 << 20]));
        Assert.Equal((false, false), (framing.IsComplete, framing.IsBroken));
    }

    [Fact]
    public void Any_cut_of_any_mutated_body_gives_the_same()
    {
        var mutations = Gen.Select(Gen.Int[0, 60], Gen.OneOf("\r", "\n", "\r\n", " ", ";", ":", "0", "5", "X"), Gen.Int[0, 2]).Array[0, 2];

        Gen.Select(mutations, Gen.Int[1, 20]).Sample((changes, step) =>
        {
            var text = new StringBuilder("5;x=y\r\nhello\r\n0a \r\n0123456789\r\n0\r\nX: y\r\n\r\nGET / HTTP/1.1\r\n");
            foreach (var (at, what, removed) in changes)
                text.Remove(Math.Min(at, text.Length - removed), removed).Insert(Math.Min(at, text.Length), what);
            var bytes = Bytes(text.ToString());
            var whole = Framing.Chunked;
            var taken = whole.Follow(bytes);

            var cut = Framing.Chunked;
            var sum = 0;
            for (var at = 0; at < bytes.Length; at += step) sum += cut.Follow(bytes.AsSpan(at, Math.Min(step, bytes.Length - at)));

            Assert.Equal((taken, whole.IsComplete, whole.IsBroken), (sum, cut.IsComplete, cut.IsBroken));
        });
    }

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
