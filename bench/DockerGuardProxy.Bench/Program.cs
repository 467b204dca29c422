using System.CommandLine;
using System.Diagnostics;
using DockerGuardProxy.Bench;
using DockerGuardProxy.Bench.Peers;
using DockerGuardProxy.Bench.Results;
using DockerGuardProxy.Bench.Rows;
using DockerGuardProxy.EngineTests.Lab;

var quick = new Option<bool>("--quick") { Description = "Only prove that every row runs" };
var only = new Argument<string[]>("row") { Description = "Only these rows", Arity = ArgumentArity.ZeroOrMore };
only.AcceptOnlyFromAmong(
    "small", "list", "bulk", "exec", "restart", "streams", "held", "joined", "evidence", "decisions", "start", "million", "policies", "telemetry",
    "http2");
var beside = new Option<FileInfo>("--beside") { Description = "Another build of the product, as a further peer" };
beside.AcceptExistingOnly();
var root = new RootCommand("Measures the proxy side by side with the engine and with other proxies.") { quick, beside, only };
root.SetAction((result, _) => RunAsync(
    (result.GetValue(quick) ? BenchSettings.Quick : BenchSettings.Whole) with { Beside = result.GetValue(beside)?.FullName },
    result.GetValue(quick), result.GetValue(only)!));
return await root.Parse(args).InvokeAsync();

static async Task<int> RunAsync(BenchSettings settings, bool isQuick, string[] only)
{
    var clock = Stopwatch.StartNew();
    var isWhole = !isQuick && only.Length == 0 && settings.Beside is null;
    var machine = await MachineKind.DescribeAsync();
    List<string> written = [];
    try
    {
        if (Wants("decisions")) Take(GuardDecisions.Run(settings));
        if (Wants("joined")) Take(JoinedCalls.Run(settings));
        if (Wants("held")) Take(await HeldCalls.RunAsync(settings));
        if (Wants("evidence")) Take(await Evidence.RunAsync(settings));
        if (Wants("http2")) Take(await Http2.RunAsync(settings));
        await using var field = await Field.StartAsync(Dockerd.Installed, settings.Beside);
        await field.Engine.Api.RunAsync("bench", ["sleep", "100000"]);
        if (Wants("small")) Take(SmallRequests.Run(field, settings));
        if (Wants("exec")) Take(await ExecStart.RunAsync(field, settings));
        if (Wants("bulk")) Take(await Bulk.RunAsync(field, settings));
        if (Wants("restart")) Take(await RestartStall.RunAsync(field, settings));
        if (Wants("start")) Take(await StartToReady.RunAsync(field, settings));
        if (Wants("policies")) Take(await PolicyOverhead.RunAsync(field.Engine, settings));
        if (Wants("telemetry")) Take(await TelemetryOverhead.RunAsync(field.Engine, settings));
        if (Wants("million")) Take(await MillionRequests.RunAsync(field.Engine, settings));
        if (Wants("list")) Take(await SmallRequests.RunListAsync(field, settings));
        if (Wants("streams")) Take(await IdleStreams.RunAsync(field, settings));
    }
    finally
    {
        await Machine.ReapAsync(Machine.Root);
    }

    var file = Path.Combine(Machine.Repository, isWhole ? "docs/performance.md" : "artifacts/performance.md");
    Directory.CreateDirectory(Path.GetDirectoryName(file)!);
    await ResultFile.WriteAsync(file, machine, written);
    Console.WriteLine($"{written.Count} tables in {file} after {clock.Elapsed.TotalSeconds:0} s");
    return 0;

    bool Wants(string row)
    {
        var wanted = only.Length == 0 || only.Contains(row);
        if (wanted) Console.WriteLine($"{clock.Elapsed.TotalSeconds:0} s: {row}");
        return wanted;
    }

    void Take(Table table)
    {
        written.Add(table.Write());
        Console.WriteLine(written[^1]);
    }
}
