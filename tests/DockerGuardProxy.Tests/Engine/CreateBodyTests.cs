using System.Text;
using DockerGuardProxy.Engine;
using Xunit;

namespace DockerGuardProxy.Tests.Engine;

public sealed class CreateBodyTests
{
    public static TheoryData<string, string> Bodies => new()
    {
        { "{}", "10 - False" },
        { """{"Image":"lab","StopTimeout":30,"StopSignal":"SIGINT"}""", "30 INT False" },
        { """{"StopTimeout":-1,"StopSignal":""}""", "-1 - False" },
        { """{"StopTimeout":null,"StopSignal":null}""", "10 - False" },
        { """{"stoptimeout":3,"STOPSIGNAL":"quit"}""", "3 QUIT False" },
        { """{"StopTimeout":3,"StopTimeout":4,"StopSignal":"9","StopSignal":null}""", "4 9 False" },
        { """{"\u0053topTimeout":5}""", "5 - False" },
        { """{"HostConfig":{"StopTimeout":7,"Links":[]},"Labels":{"StopTimeout":"8"},"Cmd":["StopTimeout","9"]}""", "10 - False" },
        { """{"HostConfig":{"Binds":["/a:/b"],"Links":["db:sql"],"LogConfig":{"Links":[1]}},"StopTimeout":2}""", "2 - True" },
        { """{"HostConfig":null,"Labels":null}""", "10 - False" },
        { """{"HostConfig":{"Links":{"x":[]}},"Labels":[1]}""", "10 - False" },
        { """{"StopTimeout":"3"}""", "none" },
        { """{"StopTimeout":1.5}""", "none" },
        { """{"StopTimeout":99999999999999999999}""", "none" },
        { """{"StopSignal":3}""", "none" },
        { """{"StopTimeout":3""", "none" },
        { """[]""", "none" },
        { "", "none" },
        { "nonsense", "none" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public void A_body_is_read_as_the_engine_reads_it(string text, string expected)
    {
        var body = CreateBody.Parse(Encoding.UTF8.GetBytes(text));
        Assert.Equal(expected, body is null ? "none" : $"{body.StopTimeout} {body.StopSignal ?? "-"} {body.HasLinks}");
    }

    [Fact]
    public void Labels_tell_the_pod()
    {
        var body = CreateBody.Parse("""
            {"Labels":{"io.kubernetes.pod.name":"web-0","io.kubernetes.pod.namespace":"shop","io.kubernetes.pod.uid":"u","x":null}}
            """u8);
        Assert.Equal(new PodLabels("shop", "web-0", "u"), body?.Pod);
        Assert.Null(CreateBody.Parse("""{"Labels":{"x":"y"}}"""u8)?.Pod);
    }

    [Fact]
    public void Of_a_huge_or_deep_body_nothing_is_learned()
    {
        Assert.Null(CreateBody.Parse(Encoding.UTF8.GetBytes("{\"Env\":[\"" + new string('x', CreateBody.MaxLength) + "\"]}")));
        Assert.Null(CreateBody.Parse(Encoding.UTF8.GetBytes("{\"Env\":" + new string('[', 1000) + new string(']', 1000) + "}")));
        Assert.Null(CreateBody.Parse([(byte)'{', (byte)'"', 0xff, 0xfe, (byte)'"', (byte)':', (byte)'1']));
    }

    public static TheoryData<string, bool> Answers => new()
    {
        { $$"""{"Id":"{{Samples.Id("ab")}}","Warnings":["x"]}""", true },
        { $$"""{"Warnings":[{"Id":1}],"Id":"{{Samples.Id("ab")}}"}""", true },
        { """{"Id":"ab"}""", false },
        { """{"Id":7}""", false },
        { """{"message":"no"}""", false },
        { "<html>", false },
        { "", false },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public void The_answer_tells_the_id(string text, bool found) =>
        Assert.Equal(found ? Samples.Id("ab") : null, CreateAnswer.ReadId(Encoding.UTF8.GetBytes(text)));
}
