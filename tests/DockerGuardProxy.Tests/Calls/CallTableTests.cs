using System.Text;
using CsCheck;
using DockerGuardProxy.Calls;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DockerGuardProxy.Tests.Calls;

public sealed class CallTableTests
{
    private static readonly CallTable Table = CallTable.Docker;

    [Theory]
    [InlineData("GET", "/containers/web/json", "inspect", "web")]
    [InlineData("GET", "/v1.41/containers/web/json?size=1", "inspect", "web")]
    [InlineData("GET", "/containers/a%20b/stats?stream=0", "stats", "a b")]
    [InlineData("GET", "/containers/web/logs?follow=1", "logs", "web")]
    [InlineData("GET", "/containers/app/web/logs", "logs", "app/web")]
    [InlineData("GET", "http://docker/containers%2Fapp%2fweb/lo%67s", "logs", "app/web")]
    [InlineData("POST", "/containers/web/wait?condition=next-exit", "wait", "web")]
    [InlineData("POST", "/containers/web/attach?stream=1", "attach", "web")]
    [InlineData("POST", "/containers/\u00c3\u00a4/attach", "attach", "ä")]
    [InlineData("GET", "/containers/web/attach/ws", "attach", "web")]
    [InlineData("POST", "/v1.41/exec/4f1c/start", "exec", "4f1c")]
    [InlineData("POST", "/containers/web/start", "start", "web")]
    [InlineData("POST", "/containers/web/exec", "exec-create", "web")]
    [InlineData("HEAD", "/containers/web/archive?path=/", "archive", "web")]
    [InlineData("POST", "/containers/prune", "prune", "")]
    [InlineData("POST", "/containers/web/stop", "stop", "web")]
    [InlineData("POST", "/v1/containers/kill/kill", "kill", "kill")]
    [InlineData("DELETE", "/containers/web/checkpoints/a/b", "remove", "web/checkpoints/a/b")]
    [InlineData("DELETE", "/containers/a/b/checkpoints/c", "remove", "a/b/checkpoints/c")]
    public void A_call_of_which_something_is_told_has_its_row(string method, string target, string name, string reference)
    {
        var row = Table.Match(method, target).Row;
        Assert.Equal((name, reference), (row?.Name, row?.ReferenceIn(target)));
    }

    [Theory]
    [InlineData("GET", "/containers/json")]
    [InlineData("GET", "/containers/json?all=1")]
    [InlineData("POST", "/containers/web/json")]
    [InlineData("HEAD", "/containers/web/json")]
    [InlineData("GET", "/exec/4f1c/json")]
    [InlineData("GET", "/images/web/json")]
    [InlineData("GET", "/containers/web/ws")]
    [InlineData("GET", "/containers/web//json")]
    [InlineData("GET", "/containers//json")]
    [InlineData("GET", "/containers/web/json/")]
    [InlineData("GET", "/containers/web/./json")]
    [InlineData("GET", "/containers/a%0Ab/json")]
    [InlineData("GET", "/containers/web/%zz/json")]
    [InlineData("DELETE", "/containers/web/checkpoints/one")]
    [InlineData("GET", "/_ping")]
    [InlineData("GET", "/v1.41")]
    [InlineData("OPTIONS", "*")]
    [InlineData("GET", "")]
    [InlineData("", "/")]
    public void Of_others_nothing_is_told(string method, string target) => Assert.Null(Table.Match(method, target).Row?.Name);

    [Theory]
    // Questions
    [InlineData("GET", "/_ping")]
    [InlineData("HEAD", "/_ping")]
    [InlineData("GET", "/v1.41/containers/web/json")]
    [InlineData("GET", "/containers/a%20b/json?x=%")]
    [InlineData("GET", "/containers//web/../json/")]
    [InlineData("GET", "/events?filters=%7B%7D")]
    [InlineData("GET", "/nobody/knows")]
    [InlineData("HEAD", "/containers/web/attach/ws")]
    [InlineData("HEAD", "/v1.41/containers/web/archive?path=/")]
    [InlineData("GET", "/containers/web/kill")]
    // Calls that are known
    [InlineData("POST", "/v1.41/containers/web/exec")]
    [InlineData("POST", "/exec/4f1c/start")]
    [InlineData("POST", "/exec/4f1c/resize?h=1&w=%31")]
    [InlineData("POST", "/containers/web/attach?stream=1")]
    [InlineData("POST", "/containers/web/wait")]
    [InlineData("PUT", "/v1.41/containers/web/archive?path=%2F")]
    [InlineData("POST", "/build?t=x")]
    [InlineData("POST", "/images/create?fromImage=x")]
    [InlineData("POST", "/images/a/b/c:1/push")]
    [InlineData("DELETE", "/images/a/b/c:1?force=1")]
    [InlineData("POST", "/networks/x/connect")]
    [InlineData("POST", "/session")]
    [InlineData("POST", "/auth")]
    [InlineData("POST", "/services/x/update?version=1")]
    [InlineData("DELETE", "/containers/web/checkpoints/one")]
    public void What_needs_no_understanding_may_be_spliced(string method, string target) =>
        Assert.Equal((Lane.Splice, Lane.Splice), LanesOf(method, target));

    [Theory]
    // What must be understood
    [InlineData("POST", "/containers/web/stop")]
    [InlineData("POST", "/containers/web/kill?signal=TERM")]
    [InlineData("POST", "/v1.41/containers/web/restart")]
    [InlineData("DELETE", "/containers/web")]
    [InlineData("POST", "/containers/create?name=web")]
    [InlineData("POST", "/containers/web/start")]
    [InlineData("POST", "/containers/web/rename?name=x")]
    [InlineData("POST", "/containers/prune")]
    [InlineData("GET", "/containers/web/attach/ws")]
    [InlineData("GET", "/containers%2Fweb%2Fattach%2Fws?stream=1")]
    // What is unknown
    [InlineData("POST", "/_ping")]
    [InlineData("POST", "/nobody/knows")]
    [InlineData("POST", "/v1/41/containers/x/stop/")]
    [InlineData("POST", "/libpod/containers/x/attach")]
    [InlineData("POST", "/services/a/b/update")]
    [InlineData("PUT", "/containers/web/attach")]
    [InlineData("OPTIONS", "/_ping")]
    [InlineData("CONNECT", "/_ping")]
    [InlineData("get", "/_ping")]
    [InlineData("post", "/build")]
    // What is odd
    [InlineData("POST", "/containers/w%65b/attach")]
    [InlineData("POST", "/%62uild")]
    [InlineData("POST", "/build%3Fx")]
    [InlineData("POST", "/build/")]
    [InlineData("POST", "//build")]
    [InlineData("POST", "/./build")]
    [InlineData("POST", "/x/../build")]
    [InlineData("POST", "/containers/web//attach")]
    [InlineData("POST", "/containers//attach")]
    [InlineData("POST", "/containers/attach")]
    [InlineData("DELETE", "/images/web/")]
    [InlineData("POST", "http://docker/build")]
    [InlineData("GET", "http://docker/_ping")]
    [InlineData("GET", "/_ping%")]
    [InlineData("GET", "/\u00e4")]
    [InlineData("GET", "/_ping?a b")]
    [InlineData("GET", "*")]
    [InlineData("GET", "")]
    [InlineData("", "/_ping")]
    public void Anything_else_is_understood_first(string method, string target) => Assert.Equal((Lane.Http, Lane.Http), LanesOf(method, target));

    [Fact]
    public void No_terminating_call_is_spliced_however_it_is_spelled()
    {
        var wrong = Spellings.All
            .Where(row => (row.Older ?? row.Newer) is not null && LanesOf(row.Method, row.RawTarget) != (Lane.Http, Lane.Http))
            .Select(row => row.Label);
        Assert.Empty(wrong);
    }

    [Fact]
    public void What_is_spliced_is_no_more_than_chars_and_bytes_agree_on()
    {
        string[] methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "get"];
        string[] parts =
        [
            "/", "/v1.41", "/containers", "/a", "/kill", "/attach", "/ws", "/exec", "/start", "/json", "/build", "?", "&", "%", "%2F", "%2f",
            "%61", "..", ".",
            "\u00e4", " ", "http:", "\n",
        ];
        var target = Gen.Int[0, parts.Length - 1].Select(i => parts[i]).Array[0, 8].Select(string.Concat);
        Gen.Select(Gen.Int[0, methods.Length - 1].Select(i => methods[i]), target).Sample((method, text) =>
        {
            var chars = Table.Match(method, text);
            var bytes = Table.Match(Encoding.Latin1.GetBytes(method), Encoding.Latin1.GetBytes(text));
            return chars.Lane == bytes.Lane && (bytes.Row is null || ReferenceEquals(chars.Row, bytes.Row))
                && (bytes.Lane == Lane.Http || ReferenceEquals(chars.Row, bytes.Row));
        }, iter: 50_000);
    }

    [Fact]
    public void A_row_that_must_be_understood_is_not_spliced() =>
        Assert.All(Table.Rows, row => Assert.False(row.IsSpliced && (row.Family == Family.Ending || row.Changes is not null), row.Template));

    [Fact]
    public void Every_row_takes_a_call_of_its_own()
    {
        foreach (var row in Table.Rows)
        {
            var target = row.Template.Replace(":.*", "", StringComparison.Ordinal).Replace("{", "", StringComparison.Ordinal)
                .Replace("}", "", StringComparison.Ordinal);
            Assert.Same(row, Table.Match(row.Method, target).Row);
            Assert.Same(row, Table.Match(row.Method, "/v1.24" + target).Row);
            Assert.Same(row, Table.Match(Encoding.ASCII.GetBytes(row.Method), Encoding.ASCII.GetBytes(target + "?x=1")).Row);
        }
    }

    [Fact]
    public void Every_operation_has_one_row_of_its_family_and_no_other_row_has_one()
    {
        Assert.Equal(Enum.GetValues<Operation>(), Table.Of(Family.Ending).Select(row => row.Operation!.Value).Order());
        Assert.All(Table.Rows, row => Assert.Equal(row.Family == Family.Ending, row.Operation is not null));
        Assert.All(Table.Of(Family.Ending), row => Assert.NotNull(row.Name));
    }

    [Theory]
    [InlineData("a", Lane.Splice)]
    [InlineData("%61", Lane.Http)]
    [InlineData("\u20ac", Lane.Http)]
    internal void A_path_longer_than_the_buffer_is_matched_as_well(string piece, Lane lane)
    {
        foreach (var length in new[] { RoutePath.Room / 3, RoutePath.Room, 5000 })
        {
            var target = $"/containers/{string.Concat(Enumerable.Repeat(piece, length))}/attach";
            var match = Table.Match("POST", target);
            Assert.Equal(("attach", lane), (match.Row?.Name, match.Lane));
            Assert.Equal(lane, Table.Match("POST"u8, Encoding.UTF8.GetBytes(target)).Lane);
        }
    }

    [Fact]
    public void A_kind_more_is_a_row()
    {
        var table = new CallTable([.. Table.Rows, new("POST", "/containers/{name:.*}/dance") { Name = "dance", MayHijack = true, IsSpliced = true }]);
        Assert.Equal(Lane.Http, Table.Match("POST", "/containers/web/dance").Lane);

        var match = table.Match("POST", "/v1.41/containers/web/dance");
        Assert.Equal((Lane.Splice, true), (match.Lane, match.Row!.MayHijack));
        Assert.Equal(Lane.Http, table.Match("POST", "/containers/web/dance/").Lane);

        Assert.True(match.Row.IsWatched);
        var watch = new PileUpWatch(new FakeTimeProvider());
        watch.Begin(new LongCall(), match.Row, "/v1.41/containers/w%65b/dance");
        Assert.Equal(("dance", 1), (watch.Open().Single().Operation, watch.Open().Single().Count));
        Assert.Equal("web", watch.Calls().Single().Reference);
    }

    [Theory]
    [InlineData("GET", "/_ping")]
    [InlineData("HEAD", "/_ping")]
    [InlineData("GET", "/v1.41/containers/web/json")]
    [InlineData("POST", "/v1.41/exec/web/start")]
    [InlineData("POST", "/containers/w%65b/kill")]
    [InlineData("DELETE", "/nobody/knows")]
    public void A_match_costs_no_memory(string method, string target)
    {
        var (methodBytes, targetBytes) = (Encoding.ASCII.GetBytes(method), Encoding.ASCII.GetBytes(target));
        Match();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) Match();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Match()
        {
            Table.Match(method, target);
            Table.Match(methodBytes, targetBytes);
        }
    }

    private static (Lane Chars, Lane Bytes) LanesOf(string method, string target) =>
        (Table.Match(method, target).Lane, Table.Match(Encoding.Latin1.GetBytes(method), Encoding.Latin1.GetBytes(target)).Lane);
}
