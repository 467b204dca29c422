using DockerGuardProxy.Configuration;
using Xunit;

namespace DockerGuardProxy.Tests.Configuration;

public sealed class LastGoodFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_lies_beside_the_admin_socket_unless_named()
    {
        Assert.Equal("/named", LastGoodFile.PathFor(new ConfigurationSources { LastGood = "/named" }, "/run/a/admin.sock"));
        Assert.Equal("/run/a/config.last-good.json", LastGoodFile.PathFor(new ConfigurationSources(), "/run/a/admin.sock"));
        Assert.Equal("/run/docker-guard-proxy/config.last-good.json", LastGoodFile.PathFor(new ConfigurationSources(), ""));
    }

    [Fact]
    public void It_replaces_what_is_there_and_follows_no_link()
    {
        File.WriteAllText(_folder["precious"], "precious");
        File.CreateSymbolicLink(_folder.Sources.LastGood! + ".new", _folder["precious"]);
        File.CreateSymbolicLink(_folder.Sources.LastGood!, _folder["precious"]);

        LastGoodFile.Keep(_folder.Sources, "", ProxyConfiguration.Default, new RecordingLogger());

        Assert.Equal("precious", File.ReadAllText(_folder["precious"]));
        Assert.Equal(ConfigurationJson.Write(ProxyConfiguration.Default), File.ReadAllBytes(_folder.Sources.LastGood!));
        Assert.False(Path.Exists(_folder.Sources.LastGood! + ".new"));
    }

    [Fact]
    public void It_makes_its_folder()
    {
        var sources = _folder.Sources with { LastGood = _folder["a/b/kept.json"] };
        LastGoodFile.Keep(sources, "", ProxyConfiguration.Default, new RecordingLogger());
        Assert.True(File.Exists(sources.LastGood));
    }
}
