using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Transparency.Raw;

/// <summary>The same bytes, sent to the engine's socket and to the proxy's, get the same bytes back. On every version.</summary>
public sealed class RawTests(Laboratory laboratory)
{
    private static readonly Dictionary<string, RawCase> Cases =
        HijackCases.All().Concat(MessageCases.All()).Concat(TargetCases.All()).Concat(BadInputCases.All()).ToDictionary(c => c.Name);

    public static IEnumerable<TheoryDataRow<string, string>> Hijacks() => Rows(HijackCases.All());

    public static IEnumerable<TheoryDataRow<string, string>> Messages() => Rows(MessageCases.All());

    public static IEnumerable<TheoryDataRow<string, string>> Targets() => Rows(TargetCases.All());

    public static IEnumerable<TheoryDataRow<string, string>> BadInput() => Rows(BadInputCases.All());

    [Theory]
    [MemberData(nameof(Hijacks))]
    public Task A_hijack_looks_the_same(string version, string name) => LooksTheSameAsync(version, name);

    [Theory]
    [MemberData(nameof(Messages))]
    public Task A_message_looks_the_same(string version, string name) => LooksTheSameAsync(version, name);

    [Theory]
    [MemberData(nameof(Targets))]
    public Task A_target_looks_the_same(string version, string name) => LooksTheSameAsync(version, name);

    [Theory]
    [MemberData(nameof(BadInput))]
    public Task Bad_input_gets_the_engines_answer_or_a_close(string version, string name) => LooksTheSameAsync(version, name);

    private static IEnumerable<TheoryDataRow<string, string>> Rows(IEnumerable<RawCase> cases) =>
        from talk in cases
        from version in new[] { Dockerd.Installed, Dockerd.Leaky, Dockerd.Newer, Dockerd.Newest }
        select new TheoryDataRow<string, string>(version, talk.Name);

    private async Task LooksTheSameAsync(string version, string name)
    {
        var bench = await laboratory.BenchAsync(version);
        var talk = Cases[name];
        var direct = await TranscribeAsync(bench, bench.Engine.Socket, talk);
        if (!talk.MayBeSilent
            && (direct.Contains("# no ", StringComparison.Ordinal) || direct.Contains("# fewer", StringComparison.Ordinal)))
        {
            Assert.Fail($"The case shows nothing: the engine itself did not answer.\n{direct}");
        }
        var proxied = await TranscribeAsync(bench, bench.ProxySocket, talk);
        await Transcripts.KeepAsync($"{version} {name}", direct, proxied);
        if (talk.OrClose && proxied.Trim() == "# closed")
            return;
        if (direct != proxied && !KnownDifferences.Explain(talk.Name, direct, proxied))
            Assert.Fail($"--- direct\n{direct}\n--- through the proxy\n{proxied}");
    }

    private static async Task<string> TranscribeAsync(Bench bench, string socket, RawCase talk)
    {
        using (var exchange = new RawExchange(bench.Engine, socket))
        {
            try
            {
                await talk.Talk(exchange);
                return exchange.Transcript;
            }
            finally
            {
                exchange.Dispose();
                await bench.Engine.Api.RemoveAllAsync();
            }
        }
    }
}
