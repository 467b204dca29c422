using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Transparency.Raw;

/// <summary>The same bytes, sent to the engine's socket and to the proxy's, get the same bytes back. On every version.</summary>
public sealed class RawTests(Laboratory laboratory)
{
    private static readonly Dictionary<string, RawCase> Cases =
        HijackCases.All().Concat(MessageCases.All()).Concat(TargetCases.All()).Concat(BadInputCases.All()).ToDictionary(c => c.Name);

    public static IEnumerable<TheoryDataRow<string, string>> Rows() =>
        from version in new[] { Engine.Installed, Engine.Leaky, Engine.Newer }
        from name in Cases.Keys
        select new TheoryDataRow<string, string>(version, name);

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Looks_the_same(string version, string name)
    {
        var bench = await laboratory.BenchAsync(version);
        var talk = Cases[name];
        var direct = await TranscribeAsync(bench, bench.Engine.Socket, talk);
        var proxied = await TranscribeAsync(bench, bench.ProxySocket, talk);
        if (talk.OrClose && proxied.Trim() == "# closed")
            return;
        if (direct != proxied)
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
