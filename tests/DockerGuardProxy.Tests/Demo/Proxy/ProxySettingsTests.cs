using DockerGuardProxy.Configuration;
using DockerGuardProxy.Demo;
using DockerGuardProxy.Demo.Proxy;
using DockerGuardProxy.Guard;
using Xunit;

namespace DockerGuardProxy.Tests.Demo.Proxy;

public sealed class ProxySettingsTests
{
    public static TheoryData<bool> Kinds => [false, true];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_daemon_takes_them(bool isReal)
    {
        var options = isReal ? DemoOptions.Real : new DemoOptions();
        var file = Path.Combine(Directory.CreateTempSubdirectory("settings-").FullName, "proxy.json");
        try
        {
            ProxySettings.Write(file, options);
            var loaded = ConfigurationLoader.LoadAlone(File.ReadAllBytes(file), file);
            Assert.Empty(loaded.Errors);
            var guard = loaded.Configuration.Guard.Common;
            Assert.Equal((GuardMode.Enforce, options.GuardPatience), (guard.Mode, guard.Patience));
            var families = loaded.Configuration.Guard.Policies.Families;
            Assert.Equal((GuardMode.Enforce, options.LockSlow), (families.Lock.Mode, families.Lock.Slow));
            Assert.Equal(
                (GuardMode.Enforce, options.StreamStall, options.StreamEnded),
                (families.Streams.Mode, families.Streams.Stall, families.Streams.Ended));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Callers_stay_long_enough_to_be_told_why(bool isReal)
    {
        // SIGKILL, then two samples a second apart, then patience; half a second for a slow machine.
        var options = isReal ? DemoOptions.Real : new DemoOptions();
        var told = TimeSpan.FromSeconds(options.StopSeconds + 1.5) + options.GuardPatience;
        Assert.InRange(options.CallerPatience, told, TimeSpan.MaxValue);
        Assert.InRange(options.Length, told * 2, TimeSpan.MaxValue);
    }
}
