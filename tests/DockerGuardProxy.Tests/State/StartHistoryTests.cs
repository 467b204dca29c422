using DockerGuardProxy.State;
using DockerGuardProxy.Tests.Configuration;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DockerGuardProxy.Tests.State;

public sealed class StartHistoryTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly RecordingLogger _log = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_counts_the_processes_that_left_without_a_word()
    {
        Assert.False(Begin().IsCrashLoop);
        for (var crash = 1; crash <= 3; crash++)
        {
            // The one before is another process, which is gone.
            Replace("\"pid\": " + Environment.ProcessId, "\"pid\": 2000000000");
            _time.Advance(TimeSpan.FromSeconds(10));
            var now = Begin();
            Assert.Equal(crash == 3, now.IsCrashLoop);
        }
    }

    [Fact]
    public void An_end_in_order_is_written_down()
    {
        for (var i = 0; i < 5; i++)
        {
            var history = Begin();
            Assert.False(history.IsCrashLoop);
            history.End();
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Contains("\"crashes\": []", File.ReadAllText(_folder[StartHistory.Name]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_daemon_is_no_crash_of_the_first()
    {
        Begin();
        var content = File.ReadAllText(_folder[StartHistory.Name]);
        for (var i = 0; i < 4; i++)
        {
            var second = Begin();
            Assert.False(second.IsCrashLoop);
            second.End();
        }

        Assert.Equal(content, File.ReadAllText(_folder[StartHistory.Name]));
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{ "boot": null, "pid": 1, "startTime": 1, "crashes": null }""")]
    public void Garbage_counts_nothing(string content)
    {
        File.WriteAllText(_folder[StartHistory.Name], content);
        Assert.False(Begin().IsCrashLoop);
        Assert.StartsWith("{", File.ReadAllText(_folder[StartHistory.Name]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_told()
    {
        var history = StartHistory.Begin("/proc/nowhere", "/proc", _time, _log);
        history.End();
        Assert.False(history.IsCrashLoop);
        Assert.NotEmpty(_log.Texts(1504));
    }

    private StartHistory Begin() => StartHistory.Begin(Path.GetDirectoryName(_folder[StartHistory.Name])!, "/proc", _time, _log);

    private void Replace(string old, string with)
    {
        var content = File.ReadAllText(_folder[StartHistory.Name]);
        Assert.Contains(old, content, StringComparison.Ordinal);
        File.WriteAllText(_folder[StartHistory.Name], content.Replace(old, with, StringComparison.Ordinal));
    }
}
