namespace DockerGuardProxy.EngineTests.Fuzz;

/// <summary>A request as the scanner and the follower read it.</summary>
/// <param name="Method">The method.</param>
/// <param name="Target">The target as it came.</param>
/// <param name="Body">The body without its chunks.</param>
/// <param name="IsPlain">False for an odd head whose end is certain: net/http may refuse it, but if it takes it then with this end.</param>
/// <param name="IsLast">The client asked to close after it.</param>
internal sealed record ExpectedCall(string Method, string Target, byte[] Body, bool IsPlain, bool IsLast)
{
    /// <summary>True for a target that net/http may refuse although its bytes are plain: a percent sign without its two digits.</summary>
    public bool MayBeRefused => !IsPlain || Target.Split('%').Skip(1).Any(rest => rest.Length < 2 || !rest[..2].All(char.IsAsciiHexDigit));

    /// <summary>True for the call that net/http answers by itself (server.go, globalOptionsHandler).</summary>
    public bool IsForServer => Method == "OPTIONS" && Target == "*";
}
