using System.Text;
using DockerGuardProxy.Http;
using Xunit;

namespace DockerGuardProxy.Tests.Http;

public sealed class AnswerHeadTests
{
    private const string Head = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nX: \u00ff\r\n\r\n";
    private static readonly byte[] All = Encoding.Latin1.GetBytes(Head + "stream\r\n\r\nmore");

    [Fact]
    public void Cut_anywhere_it_keeps_the_head_and_nothing_else()
    {
        for (var cut = 0; cut <= All.Length; cut++)
        {
            var head = new AnswerHead();
            head.Append(All.AsSpan(0, cut));
            Assert.Equal(cut >= Head.Length, !head.Bytes.IsEmpty);
            head.Append(All.AsSpan(cut));
            Assert.Equal(Head, Encoding.Latin1.GetString(head.Bytes.Span));
        }
    }

    [Fact]
    public void Byte_by_byte_it_is_whole_with_its_last()
    {
        var head = new AnswerHead();
        for (var i = 0; i < All.Length; i++)
        {
            Assert.Equal(i >= Head.Length, !head.Bytes.IsEmpty);
            head.Append(All.AsSpan(i, 1));
        }

        Assert.Equal(Head, Encoding.Latin1.GetString(head.Bytes.Span));
    }
}
