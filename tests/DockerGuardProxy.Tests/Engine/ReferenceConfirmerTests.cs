using DockerGuardProxy.Engine;
using DockerGuardProxy.Tests.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static DockerGuardProxy.Tests.Engine.Samples;

namespace DockerGuardProxy.Tests.Engine;

public sealed class ReferenceConfirmerTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeEngine _engine = new()
    {
        Containers = [Listed("a1", true, "/web", "/app/web"), Listed("a2", true, "/db"), Listed("b", true, "/a1x"), Listed("c", true, "/b")],
    };

    private readonly ReferenceConfirmer _confirmer;

    public ReferenceConfirmerTests() => _confirmer = new(_engine, _time, NullLogger<ReferenceConfirmer>.Instance);

    public static TheoryData<string, string, string> Questions => new()
    {
        { "web", "a1", "Yes" },
        { "/web", "a1", "Yes" },
        { "app/web", "a1", "Yes" },
        { "a1", "a1", "Yes" },
        { "web", "a2", "No" },
        { "web", "f", "No" },
        { "gone", "a1", "No" },
        { "a", "a1", "No" },
        { "b", "b", "No" },
        { "b", "c", "Yes" },
        { "b0", "b", "Yes" },
        { "a2", "a1", "No" },
    };

    [Theory]
    [MemberData(nameof(Questions))]
    public async Task The_engine_says_whom_a_reference_means(string reference, string expected, string answer) =>
        Assert.Equal(answer, (await _confirmer.ConfirmAsync(reference, Id(expected), Cancel)).ToString());

    [Fact]
    public async Task A_full_id_needs_no_question()
    {
        Assert.Equal(Confirmation.Yes, await _confirmer.ConfirmAsync(Id("f"), Id("f"), Cancel));
        Assert.Empty(_engine.Asked);
    }

    [Fact]
    public async Task An_engine_that_hangs_or_fails_leaves_it_in_doubt()
    {
        _engine.Interfere = (_, cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);
        var answer = _confirmer.ConfirmAsync("web", Id("a1"), Cancel);
        await Eventually.Async(() => _engine.Asked.Count > 0);
        Assert.False(answer.IsCompleted);
        _time.Advance(ReferenceConfirmer.Limit);
        Assert.Equal(Confirmation.InDoubt, await answer);

        _engine.Interfere = (_, _) => throw new HttpRequestException("gone");
        Assert.Equal(Confirmation.InDoubt, await _confirmer.ConfirmAsync("web", Id("a1"), Cancel));
        _engine.Interfere = null;
        Assert.Equal(Confirmation.Yes, await _confirmer.ConfirmAsync("web", Id("a1"), Cancel));
    }

    [Fact]
    public async Task What_failed_is_logged_on_one_line()
    {
        var log = new RecordingLogger();
        var confirmer = new ReferenceConfirmer(_engine, _time, log.For<ReferenceConfirmer>());
        _engine.Interfere = (_, _) => throw new HttpRequestException("gone\n\u001b[31mfatal");
        await confirmer.ConfirmAsync("web", Id("a1"), Cancel);
        Assert.Equal([@"Whom a reference means could not be confirmed: gone\u000a\u001b[31mfatal"], log.Texts(406));
    }

    [Fact]
    public async Task Many_callers_share_a_question_that_is_younger_than_each_of_them()
    {
        var gate = new TaskCompletionSource();
        _engine.Interfere = (_, _) => gate.Task;
        var first = _confirmer.ConfirmAsync("web", Id("a1"), Cancel);
        await Eventually.Async(() => _engine.Asked.Count == 1);
        var later = Enumerable.Range(0, 500).Select(_ => _confirmer.ConfirmAsync("web", Id("a1"), Cancel)).ToArray();

        // What the first question finds is not what the later callers are told.
        _engine.Containers = [];
        var open = gate;
        gate = new TaskCompletionSource();
        open.SetResult();
        Assert.Equal(Confirmation.No, await first);
        await Eventually.Async(() => _engine.Asked.Count == 2);
        _engine.Containers = [Listed("a1", true, "/web")];
        gate.SetResult();
        Assert.All(await Task.WhenAll(later), answer => Assert.Equal(Confirmation.Yes, answer));
        Assert.Equal(2, _engine.Asked.Count);
    }

    [Fact]
    public async Task A_caller_that_leaves_takes_the_answer_from_nobody()
    {
        var gate = new TaskCompletionSource();
        _engine.Interfere = (_, _) => gate.Task;
        using var leave = new CancellationTokenSource();
        var first = _confirmer.ConfirmAsync("web", Id("a1"), leave.Token);
        var second = _confirmer.ConfirmAsync("web", Id("a1"), Cancel);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetResult();
        Assert.Equal(Confirmation.Yes, await second);
    }
}
