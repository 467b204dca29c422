using System.Globalization;
using DockerGuardProxy.Calls;

namespace DockerGuardProxy.Tests.Calls;

/// <summary>The odd spellings.</summary>
internal static class Spellings
{
    private const string Form = "application/x-www-form-urlencoded";
    private static readonly string[] SinceGo117 = ["20.10.24", "26.1.5", "sid"], SinceGo120 = ["26.1.5", "sid"];
    private static readonly string[] BeforeGo117 = ["20.10.5"], BeforeGo120 = ["20.10.5", "20.10.24"];
    private static readonly Grace Own = Grace.OfContainer;

    public static IReadOnlyList<Spelling> All { get; } =
    [
        .. Plain(), .. Paths(), .. Versions(), .. Queries(), .. Signals(), .. StopSignals(), .. Timeouts(), .. Forces(), .. Bodies(),
    ];

    private static IEnumerable<Spelling> Plain() =>
    [
        Kill("/containers/{c}/kill"),
        Stop("/containers/{c}/stop", Own),
        Restart("/containers/{c}/restart", Own),
        Stop("/containers/{c}/stop?t=0", Grace.None),
        Restart("/containers/{c}/restart?t=1", Seconds(1)),
        Remove("/containers/{c}?force=1"),
        No("DELETE", "/containers/{c}"),

        // Method
        No("GET", "/containers/{c}/kill"), No("HEAD", "/containers/{c}/kill"), No("OPTIONS", "/containers/{c}/kill"),
        No("PUT", "/containers/{c}/kill"), No("PATCH", "/containers/{c}/kill"), No("DELETE", "/containers/{c}/kill"),
        No("post", "/containers/{c}/kill"), No("Post", "/containers/{c}/kill"), No("POSTX", "/containers/{c}/kill"),
        No("delete", "/containers/{c}?force=1"), No("POST", "/containers/{c}?force=1"), No("GET", "/containers/{c}?force=1"),

        // Others
        No("POST", "/containers/{c}/pauses"), No("POST", "/containers/{c}/killx"), No("POST", "/containers/{c}/KILL"),
        No("POST", "/Containers/{c}/kill"), No("POST", "/containers/kill"), No("POST", "/containers/{c}"),
        No("POST", "/containers/{c}/kill/json"), No("POST", "/container/{c}/kill"), No("POST", "/xcontainers/{c}/kill"),
        No("POST", "/libpod/containers/{c}/kill"), No("POST", "/v4.0.0/libpod/containers/{c}/kill"),
        No("DELETE", "/libpod/containers/{c}?force=1"), No("DELETE", "/images/{c}?force=1"),
        No("DELETE", "/containers/{c}/checkpoints/kill?force=1"), No("DELETE", "/v1.41/containers/{c}/checkpoints/kill?force=1"),
    ];

    private static IEnumerable<Spelling> Paths() =>
    [
        Kill("/containers%2F{c}%2Fkill"), Kill("/containers%2f{c}/kill"), No("POST", "%2Fcontainers/{c}/kill"),
        Kill("/containers/{c}/%6bill"), Kill("/containers/{c}/%6B%69%6C%6C"), Kill("/%63ontainers/{c}/kill"),
        Kill("/containers/%73pelled/kill"), Stop("/containers/{c}/%73%74%6f%70?t=0", Grace.None),
        Remove("/%63ontainers/{c}?force=1"), Kill("/containers/{c}%2fkill?"), Kill("/containers/{c}/kill??"),
        No("POST", "/containers/{c}/%256bill"), No("POST", "/containers/{c}/kill%"), No("POST", "/containers/{c}/kill%2"),
        No("POST", "/containers/{c}/%zzkill"), No("POST", "/containers/{c}/kill%00"), No("POST", "/containers/{c}/kill%20"),
        No("POST", "/containers/{c}/kill+"), No("POST", "/containers/{c}/kill%0A"), No("POST", "/containers/{c}%0A/kill"),
        No("POST", "/containers/{c}/kill\u0001"), No("POST", "/containers/{c}/kill?\u007f"), No("POST", "/containers/{c}/kill;x"),

        // Slashes and dots
        No("POST", "/containers/{c}/kill/"), No("POST", "/containers/{c}/kill%2F"), No("POST", "//containers/{c}/kill"),
        No("POST", "/containers//{c}/kill"), No("POST", "/containers/%2F{c}/kill"), No("POST", "/containers/{c}//kill"),
        No("POST", "/containers/./{c}/kill"), No("POST", "/containers/{c}/x/../kill"), No("POST", "/containers/{c}/%2e/kill"),
        No("POST", "/containers/{c}/x/%2e%2e/kill"), No("POST", "/./containers/{c}/kill"), No("POST", "/containers/{c}/kill/."),
        No("POST", "/containers/{c}/kill/.."), No("POST", "/containers//kill"), No("POST", "/containers/./kill"),
        No("DELETE", "/containers/{c}/?force=1"), No("DELETE", "/containers/?force=1"), No("DELETE", "/containers?force=1"),
        No("DELETE", "//containers/{c}?force=1"),

        // Absolute form, and what looks like it
        Kill("http://docker/containers/{c}/kill"), Kill("HTTP://docker/containers/{c}/kill"), Kill("http:///containers/{c}/kill"),
        Kill("unix+x.y-z://a:1/containers/{c}/kill"), Kill("x:/containers/{c}/kill"), Kill("https://u@h/v1.41/containers/{c}%2Fkill"),
        Remove("http://docker/containers/{c}?force=1"), Stop("http://docker/containers/{c}/stop?t=0", Grace.None),
        No("POST", "http://docker//containers/{c}/kill"), No("POST", "http:containers/{c}/kill"), No("POST", "containers/{c}/kill"),
        No("POST", "1http://docker/containers/{c}/kill"), No("POST", "://docker/containers/{c}/kill"), No("POST", "http://docker"),
        No("POST", "http_://docker/containers/{c}/kill"), No("POST", "*"), No("POST", "http://docker?/containers/{c}/kill"),

        // No fragments on the wire
        No("POST", "/containers/{c}/kill#x"),
        Kill("/containers/{c}/kill?x=#"), Kill("/containers/{c}/kill?signal=KILL&#"), No("POST", "/containers/{c}/kill?signal=KILL#"),
    ];

    private static IEnumerable<Spelling> Versions() =>
    [
        Kill("/v1.41/containers/{c}/kill"), Kill("/v1.24/containers/{c}/kill"), Kill("/v1.41.0/containers/{c}/kill"),
        Kill("/v01.041/containers/{c}/kill"), Kill("/v1.041.000.0/containers/{c}/kill"), Kill("/v%31.41/containers/{c}/kill"),
        Kill("/%761.41%2Fcontainers/{c}/kill"), Kill("/v1.41./containers/{c}/kill"),
        Remove("/v1.41/containers/{c}?force=1"), Stop("/v1.40/containers/{c}/stop?t=0", Grace.None),
        Kill("/v1.12/containers/{c}/kill") with { Newer = null }, Kill("/v1.23.9/containers/{c}/kill") with { Newer = null },
        Kill("/v1.41.1/containers/{c}/kill") with { Older = null }, Kill("/v1.45/containers/{c}/kill") with { Older = null },
        No("POST", "/v1.11/containers/{c}/kill"), No("POST", "/v1/containers/{c}/kill"), No("POST", "/v0/containers/{c}/kill"),
        No("POST", "/v./containers/{c}/kill"), No("POST", "/v../containers/{c}/kill"), No("POST", "/v.1.41/containers/{c}/kill"),
        No("POST", "/v1..41/containers/{c}/kill"), No("POST", "/v/containers/{c}/kill"), No("POST", "/V1.41/containers/{c}/kill"),
        No("POST", "/v1.41a/containers/{c}/kill"), No("POST", "/v1,41/containers/{c}/kill"), No("POST", "/v-1.41/containers/{c}/kill"),
        No("POST", "/v1.41/v1.41/containers/{c}/kill"), No("POST", "/v1.41//containers/{c}/kill"), No("POST", "/1.41/containers/{c}/kill"),
        No("POST", "/v1.99/containers/{c}/kill"), No("POST", "/v2.0/containers/{c}/kill"),
        No("POST", "/v1.99999999999999999999/containers/{c}/kill"),
    ];

    private static IEnumerable<Spelling> Queries() =>
    [
        Kill("/containers/{c}/kill?&&"), Kill("/containers/{c}/kill?signal"), Kill("/containers/{c}/kill?signal=&x"),
        Kill("/containers/{c}/kill?=TERM"), Kill("/containers/{c}/kill?Signal=TERM"), Kill("/containers/{c}/kill?sig=TERM&signals=TERM"),
        Kill("/containers/{c}/kill?%73ignal=%4bILL"), Kill("/containers/{c}/kill?%73%69%67%6e%61%6c=%4b%49%4c%4c"),
        No("POST", "/containers/{c}/kill?%73%69%67%6e%61%6c=TERM"), Kill("/containers/{c}/kill?+signal=TERM"),
        Kill("/containers/{c}/kill?%20signal=TERM"), Kill("/containers/{c}/kill?x=1&signal=KILL"),
        No("POST", "/containers/{c}/kill?x=1&signal=TERM"), Kill("/containers/{c}/kill?x?signal=TERM"),

        // The first value of a key counts
        Kill("/containers/{c}/kill?signal=KILL&signal=TERM"), No("POST", "/containers/{c}/kill?signal=TERM&signal=KILL"),
        Kill("/containers/{c}/kill?signal=&signal=TERM"), No("POST", "/containers/{c}/kill?signal=TERM&signal="),
        Stop("/containers/{c}/stop?t=0&t=600", Grace.None), Stop("/containers/{c}/stop?t=&t=600", Own),
        Remove("/containers/{c}?force=1&force=0"), No("DELETE", "/containers/{c}?force=0&force=1"),

        // Faults anywhere in the query are 400
        No("POST", "/containers/{c}/kill?x=%"), No("POST", "/containers/{c}/kill?x=%zz"), No("POST", "/containers/{c}/kill?%4"),
        No("POST", "/containers/{c}/kill?signal=KILL&%zz"), No("POST", "/containers/{c}/kill?signal=%4"), No("DELETE", "/containers/{c}?force=1&%"),
        No("POST", "/containers/{c}/stop?t=0&%=1"), Kill("/containers/{c}/kill?x=%00%ff"), Kill("/containers/{c}/kill?\u00ff=\u0080"),

        // A semicolon
        Kill("/containers/{c}/kill?signal=KILL;x=1") with { NothingBy = SinceGo117 }, Kill("/containers/{c}/kill?;") with { NothingBy = SinceGo117 },
        No("POST", "/containers/{c}/kill?x=1;signal=TERM"), No("POST", "/containers/{c}/kill?signal=TERM;signal=KILL"),
        Stop("/containers/{c}/stop?x;t=0", Grace.None) with { NothingBy = SinceGo117 },
        Remove("/containers/{c}?v=1;force=1") with { NothingBy = SinceGo117 }, Kill("/containers/{c}/kill?signal=KILL&x=%3B"),
        No("POST", "/containers/{c}/kill?signal=KILL%3Bx"),
    ];

    private static IEnumerable<Spelling> Signals() =>
    [
        .. new[] { "KILL", "SIGKILL", "kill", "sigkill", "SiGkIlL", "9", "%2B9", "09", "%2B009", "0000000000000000000000000000009",
            "K%C4%B1LL", "%C5%BFigk%C4%B1ll", "\u00c5\u00bfigkill", "%4b%49%4c%4c" }
            .Select(s => Kill("/containers/{c}/kill?signal=" + s)),
        .. new[] { "TERM", "SIGTERM", "HUP", "15", "USR1", "RTMIN", "RTMIN%2B9", "SIGRTMIN%2B3", "RTMAX-1", "34", "64", "CLD",
            // Refused or not there
            "0", "-9", "-0", "+9", "9+", "9%20", "%209", "0x9", "9.0", "9_", "0_9", "4294967305", "18446744073709551625", "65", "99",
            "KILL%20", "+KILL", "SIG", "SIGSIGKILL", "SIG9", "SIG-9", "9KILL", "KILLX", "RTMIN%2B16", "RTMIN+3", "RTMIN-1",
            "%E2%84%AAILL", "%EF%BC%AB%EF%BC%A9%EF%BC%AC%EF%BC%AC", "%EF%BC%99", "K%49%CC%87LL", "KI%FFLL", "%00", "none", "false", "sig%20kill" }
            .Select(s => No("POST", "/containers/{c}/kill?signal=" + s)),
    ];

    private static IEnumerable<Spelling> StopSignals() =>
    [
        // Before 1.42 the parameter does not exist
        Stop("/v1.41/containers/{c}/stop?t=0&signal=USR1", Grace.None), Stop("/v1.41/containers/{c}/stop?t=0&signal=nonsense", Grace.None),
        Restart("/v1.41/containers/{c}/restart?t=0&signal=KILL", Grace.None),
        Stop("/v1.41/containers/{c}/stop?t=600&signal=KILL", Seconds(600)),
        Stop("/v1.42/containers/{c}/stop?t=0&signal=USR1", Grace.None, "USR1") with { Older = null },
        Stop("/v1.42/containers/{c}/stop?t=0&signal=u%C5%BFr2", Grace.None, "USR2") with { Older = null },
        Stop("/v1.42/containers/{c}/stop?t=0&signal=%2B010", Grace.None, "USR1") with { Older = null },
        Stop("/v1.42/containers/{c}/stop?t=0&signal=rtmin%2B3", Grace.None, "RTMIN+3") with { Older = null },
        Stop("/v1.42/containers/{c}/stop?t=0&signal=cld", Grace.None, "CHLD") with { Older = null },
        Stop("/v1.42/containers/{c}/stop?t=0&signal=", Grace.None) with { Older = null },
        Stop("/v1.42/containers/{c}/stop?t=600&signal=sigkill", Grace.None, "KILL") with { Older = null },
        Restart("/v1.42/containers/{c}/restart?t=0&signal=HUP", Grace.None, "HUP") with { Older = null },
        No("POST", "/v1.42/containers/{c}/stop?t=0&signal=nonsense"), No("POST", "/v1.42/containers/{c}/stop?t=0&signal=0"),

        // Without a version the engine's newest counts
        Stop("/containers/{c}/stop?t=0&signal=USR1", Grace.None) with { Newer = Call(Operation.Stop, Grace.None, "USR1") },
        Stop("/containers/{c}/stop?t=600&signal=KILL", Seconds(600)) with { Newer = Call(Operation.Stop, Grace.None, "KILL") },
        Stop("/containers/{c}/stop?t=0&signal=nonsense", Grace.None) with { Newer = null },
    ];

    private static IEnumerable<Spelling> Timeouts() =>
    [
        .. new[] { "00", "%2B0", "-0", "0000000000000000000000000" }.Select(t => Stop("/containers/{c}/stop?t=" + t, Grace.None)),
        Stop("/containers/{c}/stop?t=1", Seconds(1)), Stop("/containers/{c}/stop?t=%2B01", Seconds(1)), Stop("/containers/{c}/stop?t", Own),
        Stop("/containers/{c}/stop?t=600", Seconds(600)), Restart("/containers/{c}/restart?t=600", Seconds(600)),
        Stop("/containers/{c}/stop?T=600", Own), Stop("/containers/{c}/stop?t=-1", Grace.Never), Stop("/containers/{c}/stop?t=-01", Grace.Never),
        Restart("/containers/{c}/restart?t=-1", Grace.Never), Stop("/containers/{c}/stop?t=-9223372036854775808", Grace.Never),

        // Nanoseconds beyond 64 bits wrap around
        Stop("/containers/{c}/stop?t=9223372036", Seconds(9223372036)), Stop("/containers/{c}/stop?t=9223372037", Grace.None),
        Stop("/containers/{c}/stop?t=9223372036854775807", Grace.None), Stop("/containers/{c}/stop?t=9999999999", Grace.None),
        Stop("/containers/{c}/stop?t=18446744074", Grace.After(TimeSpan.FromTicks(2904484))),
        Stop("/containers/{c}/stop?t=18446744673", Grace.After(TimeSpan.FromTicks((599 * TimeSpan.TicksPerSecond) + 2904484))),

        // Refused before anything is done
        .. new[] { "abc", "1s", "1.0", "1e1", "0x1", "1_0", "%201", "1%20", "+1", "-", "%2B", "--1", "9223372036854775808",
            "-9223372036854775809", "99999999999999999999", "%D9%A1" }.Select(t => No("POST", "/containers/{c}/stop?t=" + t)),
        No("POST", "/containers/{c}/restart?t=abc"),
    ];

    private static IEnumerable<Spelling> Forces() =>
    [
        .. new[] { "1", "true", "True", "yes", "x", "00", "-0", "%2B0", "f", "n", "off", "nil", "null", "no%20no", "fal%C5%BFe", "%E2%80%8B", "%FF" }
            .Select(f => Remove("/containers/{c}?force=" + f)),
        .. new[]
        {
            "", "0", "no", "NO", "false", "False", "FALSE", "none", "NoNe",
            "+0+", "%20false%09", "%0Anone%0D", "+", "%C2%A00", "%E3%80%80no", "%C2%85",
        }.Select(f => No("DELETE", "/containers/{c}?force=" + f)),
        No("DELETE", "/containers/{c}?Force=1"), No("DELETE", "/containers/{c}?v=1"), No("DELETE", "/containers/{c}?force"),
        Remove("/containers/{c}?v=1&force=true&link=0"), Remove("/containers/{c}?force=true&link=false"),
        No("DELETE", "/containers/{c}?force=true&link=1"), No("DELETE", "/containers/{c}?link=x&force=1"),
        Remove("/containers/{c}?force=1&link=0&link=1"),

        // The body of a DELETE is not read
        Remove("/containers/{c}?force=1") with { ContentType = Form, Body = "force=0" },
        No("DELETE", "/containers/{c}") with { ContentType = Form, Body = "force=1" },
        Remove("/containers/{c}?force=1") with { ContentType = ";" }, No("DELETE", "/containers/{c}?force=1&%") with { ContentType = ";" },
    ];

    private static IEnumerable<Spelling> Bodies() =>
    [
        Kill("/containers/{c}/kill?signal=TERM") with { ContentType = Form, Body = "signal=KILL" },
        No("POST", "/containers/{c}/kill?signal=KILL") with { ContentType = Form, Body = "signal=TERM" },
        No("POST", "/containers/{c}/kill") with { ContentType = Form, Body = "signal=TERM" },
        Kill("/containers/{c}/kill?signal=TERM") with { ContentType = Form, Body = "signal=" },
        Kill("/containers/{c}/kill?signal=TERM") with { ContentType = Form, Body = "x&%73ignal=%6Bill" },
        No("POST", "/containers/{c}/kill?signal=TERM") with { ContentType = Form, Body = "Signal=KILL" },
        No("POST", "/containers/{c}/kill?signal=TERM") with { ContentType = Form, Body = "signal=KILL\n" },
        Stop("/containers/{c}/stop?t=600", Grace.None) with { ContentType = Form, Body = "t=0" },
        Restart("/containers/{c}/restart", Grace.None) with { ContentType = Form, Body = "t=0" },
        Kill("/containers/{c}/kill") with { ContentType = Form }, Kill("/containers/{c}/kill") with { ContentType = Form, Body = "" },
        No("POST", "/containers/{c}/kill") with { ContentType = Form, Body = "%" },
        No("POST", "/containers/{c}/kill?%") with { ContentType = Form, Body = "signal=KILL" },
        Kill("/containers/{c}/kill") with { ContentType = Form, Body = "a;b", NothingBy = SinceGo117 },

        // Which Content-Type is a form
        Kill("/containers/{c}/kill?signal=TERM") with { ContentType = "APPLICATION/X-WWW-Form-Urlencoded", Body = "signal=KILL" },
        Kill("/containers/{c}/kill?signal=TERM") with { ContentType = Form + "; charset=utf-8", Body = "signal=KILL" },
        Kill("/containers/{c}/kill?signal=TERM") with { ContentType = Form + " ; charset=\"a\\\"b\" ;", Body = "signal=KILL" },
        Kill("/containers/{c}/kill?signal=TERM") with { ContentType = Form + ";", Body = "signal=KILL" },
        Kill("/containers/{c}/kill?signal=TERM") with { ContentType = Form + "; nonsense", Body = "signal=KILL" },
        No("POST", "/containers/{c}/kill?signal=TERM") with { Body = "signal=KILL" },
        No("POST", "/containers/{c}/kill?signal=TERM") with { ContentType = "text/plain", Body = "signal=KILL" },
        No("POST", "/containers/{c}/kill?signal=TERM") with { ContentType = "application/json", Body = "{\"signal\":\"KILL\"}" },
        No("POST", "/containers/{c}/kill?signal=TERM") with
        {
            ContentType = "multipart/form-data; boundary=x",
            Body = "--x\r\nContent-Disposition: form-data; name=\"signal\"\r\n\r\nKILL\r\n--x--\r\n",
        },
        No("POST", "/containers/{c}/kill?signal=TERM") with { ContentType = Form + "x", Body = "signal=KILL" },
        No("POST", "/containers/{c}/kill?signal=TERM") with { ContentType = Form + ", text/plain", Body = "signal=KILL" },
        No("POST", "/containers/{c}/kill?signal=TERM") with { ContentType = Form + "; a=1; A=2", Body = "signal=KILL" },
        No("POST", "/containers/{c}/kill?signal=TERM") with { ContentType = Form + "/", Body = "signal=KILL" },

        // A faulty Content-Type makes the engine overlook every other fault
        Kill("/containers/{c}/kill?signal=KILL&%zz") with { ContentType = ";" }, Kill("/containers/{c}/kill?%zz") with { ContentType = "a/" },
        Kill("/containers/{c}/kill?signal=%zz") with { ContentType = "a b" },
        No("POST", "/containers/{c}/kill?%zz&signal=TERM") with { ContentType = "/" },
        Kill("/containers/{c}/kill?signal=KILL&%zz") with { ContentType = "text/plain; x", Body = "y" },
        Kill("/containers/{c}/kill?signal=TERM&%") with { ContentType = Form + "; x", Body = "%&signal=KILL" },
        No("POST", "/containers/{c}/kill?%zz") with { ContentType = "text/plain;" },
        No("POST", "/containers/{c}/kill?%zz") with { ContentType = "text" },
        No("POST", "/containers/{c}/kill?%zz") with { ContentType = "text/plain; a=\"x\";b=y ; " },
        Kill("/containers/{c}/kill?%zz") with { ContentType = "text/plain; a=\"x" },
        Kill("/containers/{c}/kill?%zz") with { ContentType = "text/plain; a=" },
        Kill("/containers/{c}/kill?%zz") with { ContentType = "text/plain; a=1; a=2" },
        Kill("/containers/{c}/kill?%zz") with { ContentType = "text/plain; a=1; A=1", NothingBy = SinceGo120 },
        No("POST", "/containers/{c}/kill?%zz") with { ContentType = "text/plain; a=1; b=\"1\\\\\"" },
        Kill("/containers/{c}/kill?%zz") with { ContentType = "text/plain a=1" },
        Kill("/containers/{c}/kill?%zz") with { ContentType = "text/plain; =1" },
        Kill("/containers/{c}/kill?%zz") with { ContentType = "text/plain;;a=1" },
        Kill("/containers/{c}/kill?%zz") with { ContentType = "text/plain;a=1 b=2" }, Kill("/containers/{c}/kill?x;y") with { ContentType = ";" },

        // With such a fault, engines from Go 1.17 on drop a pair with a semicolon where older ones read two
        Kill("/containers/{c}/kill?signal=TERM;signal=KILL") with { ContentType = Form + "; a", NothingBy = BeforeGo117 },
        Kill("/containers/{c}/kill?signal=TERM;signal=KILL") with { ContentType = Form + "; a", Body = "x=y", NothingBy = BeforeGo117 },
        Kill("/containers/{c}/kill?x;signal=TERM") with { ContentType = ";", NothingBy = BeforeGo117 },
        Kill("/containers/{c}/kill?signal=TERM;x&signal=KILL") with { ContentType = "a b", NothingBy = BeforeGo117 },
        Kill("/containers/{c}/kill?signal=HUP") with { ContentType = Form + "; a", Body = "signal=TERM;x&signal=KILL", NothingBy = BeforeGo117 },
        Kill("/containers/{c}/kill?signal=TERM") with { ContentType = Form + "; a", Body = "x;signal=KILL", NothingBy = SinceGo117 },
        Kill("/containers/{c}/kill?x;signal=KILL&signal=TERM") with { ContentType = ";", NothingBy = SinceGo117 },
        No("POST", "/containers/{c}/kill?signal=TERM;signal=KILL&signal=HUP") with { ContentType = ";" },
        Stop("/containers/{c}/stop?t=0&x;y", Grace.None) with { ContentType = ";" },

        // and which of them reads the body of a Content-Type that says the same twice differs too
        Kill("/containers/{c}/kill?signal=TERM") with { ContentType = Form + "; a=1; a=1", Body = "signal=KILL", NothingBy = BeforeGo120 },
        Kill("/containers/{c}/kill?signal=KILL") with { ContentType = Form + "; a=1; a=1", Body = "signal=TERM", NothingBy = SinceGo120 },

        // A semicolon within link or force is 400 to the newer ones, so the older ones have the word
        Remove("/containers/{c}?force=1&link=0;x") with { NothingBy = SinceGo117 },
        Remove("/containers/{c}?x;force=1&force=0") with { NothingBy = SinceGo117 },
        No("DELETE", "/containers/{c}?force=0;force=1"),

        // Go reads 10 MiB
        Kill("/containers/{c}/kill?signal=TERM") with { ContentType = Form, Body = Long(CallClassifier.MaxFormBytes) },
        No("POST", "/containers/{c}/kill?signal=KILL") with { ContentType = Form, Body = Long(CallClassifier.MaxFormBytes + 1) },
    ];

    private static string Long(int bytes) => string.Create(CultureInfo.InvariantCulture, $"signal=KILL&x={new string('x', bytes - 14)}");

    private static Grace Seconds(long seconds) => Grace.After(TimeSpan.FromSeconds(seconds));

    private static TerminatingCall Call(Operation operation, Grace grace, string? signal) => new(operation, Spelling.Container, grace, signal);

    private static Spelling No(string method, string target) => new(method, target);

    private static Spelling Yes(string method, string target, TerminatingCall call) => new(method, target) { Older = call, Newer = call };

    private static Spelling Kill(string target) => Yes("POST", target, Call(Operation.Kill, Grace.None, "KILL"));

    private static Spelling Remove(string target) => Yes("DELETE", target, Call(Operation.Remove, Grace.None, "KILL"));

    private static Spelling Stop(string target, Grace grace, string? signal = null) => Yes("POST", target, Call(Operation.Stop, grace, signal));

    private static Spelling Restart(string target, Grace grace, string? signal = null) => Yes("POST", target, Call(Operation.Restart, grace, signal));
}
