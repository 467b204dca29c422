using DockerGuardProxy.Calls;
using DockerGuardProxy.Configuration;
using DockerGuardProxy.Guard;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Tests.Configuration;

/// <summary>Configurations for tests.</summary>
internal static class ConfigurationSamples
{
    /// <summary>No section is as shipped.</summary>
    public static ProxyConfiguration AllChanged { get; } = ProxyConfiguration.Default with
    {
        Listen = new ListenOptions("/run/\u00e9\"\n.sock", UnixFileMode.UserRead, "o", "g"),
        Admin = new AdminOptions("", "127.0.0.1:1"),
        Guard = new GuardOptions(
            GuardPolicy.Default with { Mode = GuardMode.Observe, Backoff = [TimeSpan.FromMilliseconds(1500)] },
            GuardOptions.Default.Overrides
                .With(
                    Operation.Stop,
                    Overrides(p => p with { MaxWaitingOnNode = 1, RepeatHold = [TimeSpan.Zero] }, "maxWaiting.node", "repeatHold"))
                .With(
                    Operation.Kill,
                    Overrides(
                        p => p with { Mode = GuardMode.Off, Patience = TimeSpan.FromMinutes(1), MaxWait = TimeSpan.FromHours(1) },
                        "mode", "patience", "maxWait"))
                .With(
                    Operation.Restart,
                    Overrides(p => p with { MaxInFlight = 5, MaxWaitingPerContainer = 0 }, "maxInFlight", "maxWaiting.container"))
                .With(
                    Operation.Remove,
                    Overrides(p => p with { Backoff = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)] }, "backoff")))
        {
            Families = new FamilyOptions
            {
                Policies = new FamilyPolicies
                {
                    Lock = new LockPolicy
                    {
                        MaxUnanswered = 1, Slow = TimeSpan.FromSeconds(3), MaxWaitingPerContainer = 0, MaxWaitingOnNode = 7,
                        Tell = new TellPolicy { Callers = [], After = TimeSpan.FromSeconds(1), Repeat = TimeSpan.FromSeconds(2) },
                    },
                    Stats = new StatsPolicy { MaxUnanswered = 3, Slow = TimeSpan.FromSeconds(1) },
                    Streams = new StreamsPolicy
                    {
                        Stall = TimeSpan.FromSeconds(1), Ended = TimeSpan.FromSeconds(1), MaxRestPerStream = 1536, MaxRestOnNode = 0,
                    },
                    Transfers = new TransfersPolicy { Stall = TimeSpan.FromSeconds(90) },
                },
                Lock = GuardMode.Off, Tell = GuardMode.Enforce, Stats = GuardMode.Observe, Streams = GuardMode.Enforce, Transfers = GuardMode.Off,
            },
            Exempt = new Exemptions
            {
                Labels = Exemptions.None.Labels.Add("com.example/a.b", "").Add("Zone", "\u00e9\""), Callers = ["dockerd-test"],
            },
        },
        Log = new LogOptions(LogLevel.Debug),
        Telemetry = new TelemetryOptions("http://x", OtlpProtocol.HttpProtobuf, 0.25),
        Shutdown = new ShutdownOptions(TimeSpan.FromSeconds(1)),
    };

    /// <summary>A policy that sets some keys.</summary>
    public static PolicyOverrides Overrides(Func<GuardPolicy, GuardPolicy> change, params string[] keys) =>
        new(change(GuardPolicy.Default), [.. Settings.Policy.Where(row => keys.Contains(row.Key))]);
}
