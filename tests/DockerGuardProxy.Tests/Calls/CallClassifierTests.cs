using System.Text;
using CsCheck;
using DockerGuardProxy.Calls;
using Xunit;

namespace DockerGuardProxy.Tests.Calls;

public sealed class CallClassifierTests
{
    private const string Form = "application/x-www-form-urlencoded";
    private static readonly ApiRange Older = new(new(1, 12), new(1, 41));
    private static readonly ApiRange Newer = new(new(1, 24), new(1, 45));

    [Fact]
    public void Every_spelling_is_taken_as_an_older_engine_takes_it() => Check(Older, row => row.Older);

    [Fact]
    public void Every_spelling_is_taken_as_a_newer_engine_takes_it() => Check(Newer, row => row.Newer);

    [Fact]
    public void While_the_engine_is_unknown_nothing_that_one_of_them_takes_goes_unseen()
    {
        var wrong = Spellings.All
            .Where(row => (row.Older ?? row.Newer) is { } taken && Decide(row, default)?.Operation != taken.Operation)
            .Select(row => row.Label);
        Assert.Empty(wrong);
    }

    [Fact]
    public void A_kill_by_another_signal_is_no_call_whatever_the_engine()
    {
        foreach (var signal in new[] { "TERM", "HUP", "15", "RTMIN%2B1", "-9" })
        {
            Assert.Equal(ClassificationKind.Passes, CallClassifier.Classify("POST", $"/containers/a/kill?signal={signal}", null, false).Kind);
        }
    }

    [Theory]
    [InlineData("/containers/a/b/stop", "a/b")]
    [InlineData("/containers/a/stop/stop", "a/stop")]
    [InlineData("/v1.30/containers/containers/stop", "containers")]
    [InlineData("/containers/%2e%2E%2ea%2Fb%2fc/stop", "...a/b/c")]
    [InlineData("/containers/%C3%A4+%20/stop", "ä+ ")]
    [InlineData("/containers/\u00c3\u00a4/stop", "ä")]
    [InlineData("/containers/\u20ac/stop", "€")]
    [InlineData("/containers/%00/stop", "\0")]
    [InlineData("/containers/create/stop", "create")]
    public void The_reference_is_what_the_router_hands_to_the_handler(string target, string reference) =>
        Assert.Equal(reference, CallClassifier.Classify("POST", target, null, false).Call?.Reference);

    [Theory]
    [InlineData("/containers/a/stop?t=600&signal=KILL", "KILL")]
    [InlineData("/containers/a/stop?t=600&signal=nonsense", "nonsense")]
    public void While_the_engine_is_unknown_a_stop_signal_without_a_version_brings_no_SIGKILL_and_joins_nothing(string target, string signal)
    {
        var call = CallClassifier.Classify("POST", target, null, false).Call;
        Assert.Equal(new(Operation.Stop, "a", Grace.After(TimeSpan.FromMinutes(10)), signal), call);
    }

    [Theory]
    [InlineData("kill?x=1;signal=TERM", ";")]
    [InlineData("kill?signal=TERM;signal=KILL", Form + "; a")]
    [InlineData("kill?signal=TERM;x", Form + "; a")]
    [InlineData("kill?x;signal=HUP", "a b")]
    public void What_one_engine_takes_for_a_kill_is_one_though_another_takes_it_for_less(string action, string type) =>
        Assert.Equal(
            new(Operation.Kill, "a", Grace.None, "KILL"), CallClassifier.Classify("POST", "/containers/a/" + action, type, false).Call);

    [Fact]
    public void What_engines_take_for_different_stops_has_the_later_SIGKILL_and_joins_nothing()
    {
        static TerminatingCall? Take(string query) => CallClassifier.Classify("POST", "/v1.43/containers/a/stop?" + query, ";", false).Call;
        Assert.Equal(new(Operation.Stop, "a", Grace.After(TimeSpan.FromSeconds(3)), "disputed"), Take("t=1;t=2&t=3"));
        Assert.Equal(new(Operation.Stop, "a", Grace.After(TimeSpan.FromSeconds(5)), "disputed"), Take("t=5;t=2&t=3"));
        Assert.Equal(new(Operation.Stop, "a", Grace.Never, "disputed"), Take("t=1;x"));
        Assert.Equal(new(Operation.Stop, "a", Grace.Never, "disputed"), Take("t=-1;x"));
        Assert.Equal(new(Operation.Stop, "a", Grace.After(TimeSpan.FromSeconds(600)), "disputed"), Take("signal=KILL;x&t=600"));
    }

    [Theory]
    [InlineData("DELETE", "/containers/a?force=1&link=1;x")]
    [InlineData("POST", "/containers/a/kill?signal=TERM;x")]
    public void What_one_engine_takes_for_less_and_the_others_refuse_passes(string method, string target) =>
        Assert.Equal(ClassificationKind.Passes, CallClassifier.Classify(method, target, null, false).Kind);

    [Fact]
    public void More_pairs_than_a_new_engine_reads_hide_no_kill()
    {
        var target = "/containers/a/kill?signal=TERM" + new string('&', 10_000);
        Assert.Equal(ClassificationKind.Call, CallClassifier.Classify("POST", target, "a b", false).Kind);
        Assert.Equal(ClassificationKind.Passes, CallClassifier.Classify("POST", target, "text/plain", false).Kind);
        Assert.Equal(ClassificationKind.Passes, CallClassifier.Classify("POST", target[..^1], "a b", false).Kind);
        var body = Encoding.ASCII.GetBytes("signal=TERM" + new string('&', 10_000));
        Assert.Equal(ClassificationKind.Call, CallClassifier.ClassifyForm("/containers/a/kill", Form + "; a", body).Kind);
        Assert.Equal(ClassificationKind.Passes, CallClassifier.ClassifyForm("/containers/a/kill", Form, body).Kind);
    }

    [Fact]
    public void A_form_that_breaks_off_counts_only_where_the_engine_overlooks_it()
    {
        Assert.Equal(ClassificationKind.Passes, CallClassifier.ClassifyBrokenForm("/containers/a/kill", Form).Kind);
        Assert.Equal(ClassificationKind.Call, CallClassifier.ClassifyBrokenForm("/containers/a/kill", Form + "; a").Kind);
        Assert.Equal(ClassificationKind.Call, CallClassifier.ClassifyBrokenForm("/containers/a/kill", Form + "; a=1; a=1").Kind);
        Assert.Equal(ClassificationKind.Passes, CallClassifier.ClassifyBrokenForm("/containers/a/kill?signal=TERM", Form + "; a").Kind);
    }

    [Fact]
    public void What_one_engine_refuses_is_what_the_other_takes_it_for() =>
        Assert.Equal(
            ClassificationKind.Call,
            CallClassifier.Classify("POST", "/containers/a/kill?%zz", "text/plain; a=1; a=1", false).Kind);

    [Fact]
    public void A_form_twice_given_the_same_parameter_is_a_form_for_newer_engines_only()
    {
        const string type = Form + "; a=1; a=1";
        Assert.Equal(ClassificationKind.NeedsBody, CallClassifier.Classify("POST", "/containers/a/kill?signal=KILL", type, true).Kind);
        Assert.Equal(ClassificationKind.Call, CallClassifier.ClassifyForm("/containers/a/kill?signal=KILL", type, "signal=TERM"u8).Kind);
        Assert.Equal(ClassificationKind.Call, CallClassifier.ClassifyForm("/containers/a/kill?signal=TERM", type, "signal=KILL"u8).Kind);
        Assert.Equal(ClassificationKind.Passes, CallClassifier.ClassifyForm("/containers/a/kill?signal=TERM", type, "signal=HUP"u8).Kind);
        Assert.Equal(ClassificationKind.Call, CallClassifier.ClassifyForm("/containers/a/kill?signal=KILL", type, "x=TERM"u8).Kind);
    }

    [Fact]
    public void The_body_is_asked_for_only_where_it_can_count()
    {
        const string form = "application/x-www-form-urlencoded";
        Assert.Equal(ClassificationKind.NeedsBody, CallClassifier.Classify("POST", "/containers/a/kill", form, true).Kind);
        Assert.Equal(ClassificationKind.Call, CallClassifier.Classify("POST", "/containers/a/kill", form, false).Kind);
        Assert.Equal(ClassificationKind.Call, CallClassifier.Classify("POST", "/containers/a/kill", "text/plain", true).Kind);
        Assert.Equal(ClassificationKind.Passes, CallClassifier.Classify("POST", "/containers/a/start", form, true).Kind);
        Assert.Equal(ClassificationKind.Passes, CallClassifier.Classify("POST", "/v1.2/containers/a/kill", form, true).Kind);
        Assert.Equal(ClassificationKind.Call, CallClassifier.Classify("DELETE", "/containers/a?force=1", form, true).Kind);
    }

    [Theory]
    [InlineData("GET", "/v1.41/containers/a/json")]
    [InlineData("GET", "/v1.41/containers/a/kill")]
    [InlineData("POST", "/v1.41/containers/create?name=%61")]
    [InlineData("POST", "/v1.41/containers/%61/start")]
    [InlineData("POST", "http://docker/v1.41/exec/a/start")]
    [InlineData("DELETE", "/v1.41/images/a?force=1")]
    public void What_is_no_such_call_costs_no_memory(string method, string target)
    {
        CallClassifier.Classify(method, target, "application/json; a=b", true);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            CallClassifier.Classify(method, target, "application/json; a=b", true);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_path_longer_than_the_stack_buffer_is_read_as_well()
    {
        var name = new string('a', 5000);
        Assert.Equal(name, CallClassifier.Classify("POST", $"/containers/{name}/stop", null, false).Call?.Reference);
        Assert.Equal(ClassificationKind.Passes, CallClassifier.Classify("POST", $"/containers/{name}/%", null, false).Kind);
    }

    [Fact]
    public void Nothing_makes_it_throw()
    {
        string[] parts =
        [
            "/", "/v1.41", "/containers", "/a", "/kill", "/stop", "/restart", "?", "&", ";", "=", "%", "%2F", "%6", "signal", "t",
            "force", "1", "http:", "\ud800", "\u20ac", "..", ".", "+",
        ];
        var piece = Gen.Frequency((3, Gen.Int[0, parts.Length - 1].Select(i => parts[i])), (1, Gen.String[0, 4]));
        Gen.Select(Gen.Bool, piece.Array[0, 12], piece.Array[0, 5], Gen.Byte.Array[0, 20]).Sample(t =>
        {
            var (post, target, type, body) = t;
            var method = post ? "POST" : "DELETE";
            var path = "/containers/a/kill?" + string.Concat(target);
            var contentType = string.Concat(type);
            CallClassifier.Classify(method, string.Concat(target), contentType, true);
            CallClassifier.Classify(method, path, contentType, true);
            CallClassifier.ClassifyForm(path, contentType, body);
            CallClassifier.ClassifyForm(path, "application/x-www-form-urlencoded;" + contentType, body);
        }, iter: 20_000);
    }

    [Fact]
    public void Percent_encoding_a_path_or_a_value_changes_nothing()
    {
        var rows = Spellings.All.Where(row => row.RawTarget.StartsWith('/') && !row.RawTarget.Any("%+?;&#\u0001\u007f".Contains)
            && row.ContentType is null).ToArray();
        Gen.Select(Gen.Int[0, rows.Length - 1], Gen.Bool.Array[60]).Sample(t =>
        {
            var (index, coins) = t;
            var row = rows[index];
            var encoded = "/" + string.Concat(row.RawTarget[1..].Select((c, i) => coins[i % coins.Length] ? $"%{(int)c:x2}" : c.ToString()));
            return CallClassifier.Classify(row.Method, encoded, null, false, Older)
                == CallClassifier.Classify(row.Method, row.RawTarget, null, false, Older);
        }, iter: 5_000);
    }

    [Fact]
    public void A_kill_is_one_exactly_if_its_number_is_nine() =>
        Gen.Select(Gen.Int[-70, 70], Gen.Int[0, 25], Gen.Bool).Sample((number, zeros, plus) =>
        {
            var text = (number < 0 ? "-" : plus ? "%2B" : "") + new string('0', zeros) + Math.Abs(number);
            var seen = CallClassifier.Classify("POST", "/containers/a/kill?signal=" + text, null, false).Kind == ClassificationKind.Call;
            return seen == (number == 9);
        });

    [Fact]
    public void Seconds_become_a_grace_as_in_64_bits_of_nanoseconds() => Gen.Long.Sample(seconds =>
    {
        var grace = CallClassifier.Classify("POST", $"/containers/a/stop?t={seconds}", null, false).Call!.Grace;
        var wrapped = (long)(ulong)(((System.Numerics.BigInteger)seconds * 1_000_000_000) & ulong.MaxValue);
        return seconds < 0
            ? grace == Grace.Never
            : grace == Grace.After(TimeSpan.FromTicks(wrapped <= 0 ? 0 : (long)Math.Ceiling((decimal)wrapped / 100)));
    });

    private static void Check(ApiRange engine, Func<Spelling, TerminatingCall?> expected)
    {
        var wrong = Spellings.All.Where(row => Decide(row, engine) != expected(row))
            .Select(row => $"{row.Label}: {Decide(row, engine)?.ToString() ?? "passes"}");
        Assert.Empty(wrong);
    }

    private static TerminatingCall? Decide(Spelling row, ApiRange engine)
    {
        var first = CallClassifier.Classify(row.Method, row.RawTarget, row.ContentType, !string.IsNullOrEmpty(row.Body), engine);
        return first.Kind == ClassificationKind.NeedsBody
            ? CallClassifier.ClassifyForm(row.RawTarget, row.ContentType, Encoding.Latin1.GetBytes(row.Body!), engine).Call
            : first.Call;
    }
}
