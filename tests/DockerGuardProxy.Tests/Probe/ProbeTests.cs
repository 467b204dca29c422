using DockerGuardProxy.Probe;

namespace DockerGuardProxy.Tests.Probe;

/// <summary>Whole probes against a tree of their own, on a clock that the test moves.</summary>
public abstract class ProbeTests : IDisposable
{
    private protected const string Id = "aa0fa970609329dda024a977f6d0000b7f1fab6d9f382ea4facaaca728e47d59";
    private protected const string OtherId = "b000000000000000000000000000000000000000000000000000000000000001";
    private protected const uint Exiting = 0x40050c;
    private protected const ulong Kill = 0x100;

    private protected ProbeTests()
    {
        Options = new() { Root = Proc.Root, ScanTimeout = TimeSpan.FromSeconds(50) };
        Prober = new(Options, Time);
    }

    private protected FakeProc Proc { get; } = new();

    private protected SteppedTime Time { get; } = new();

    private protected ProbeOptions Options { get; }

    private protected Prober Prober { get; }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        Proc.Dispose();
    }

    private protected static ContainerRun Run(int? initPid = null, long number = 1) => new(Id, number, initPid, KillDue: true);

    private protected Task<Diagnosis> ProbeAsync(ContainerRun run, Action? between = null) => FinishAsync(Ask(run), between);

    private protected Task<Diagnosis> Ask(ContainerRun run) => AskAsync(Prober, run);

    private protected static async Task<Diagnosis> AskAsync(Prober prober, ContainerRun run) =>
        (await prober.ProbeAsync(run, CancellationToken.None)).Diagnosis;

    /// <summary>Lets the gap pass, if the round gets that far.</summary>
    private protected async Task<Diagnosis> FinishAsync(Task<Diagnosis> probe, Action? between = null)
    {
        await Time.WaitForAsync(Options.Gap);
        between?.Invoke();
        Time.Advance(Options.Gap);
        return await probe;
    }
}
