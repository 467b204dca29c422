using System.Text;
using DockerGuardProxy.EngineTests.Fuzz;

namespace DockerGuardProxy.EngineTests.Http2;

/// <summary>
/// The calls of one connection in HTTP/2, of the parts that streams in HTTP/1.1 are made of and odd here and there: the same for the same number,
/// on every machine.
/// </summary>
internal sealed class FuzzedConnection
{
    private readonly StringBuilder _text = new(Http2Frames.Preface + Http2Frames.Settings);
    private readonly Random _random;
    private readonly int _oddity;

    private FuzzedConnection(int number)
    {
        _random = new Random(number);
        _oddity = _random.Next(3) switch { 0 => 0, 1 => 2, _ => 10 };
    }

    /// <summary>The bytes of the connection with this number, and how many calls they hold.</summary>
    public static (byte[] Bytes, int Calls) Make(int number)
    {
        var connection = new FuzzedConnection(number);
        var calls = connection._random.Next(1, 20);
        for (var call = 0; call < calls; call++) connection.AddCall((2 * call) + 1);
        return (Encoding.Latin1.GetBytes(connection._text.ToString()), calls);
    }

    private void AddCall(int stream)
    {
        List<(string Name, string Value)> fields =
        [
            (":method", Pick(StreamParts.Methods, StreamParts.OddMethods)), (":scheme", IsOdd() ? "https" : "http"),
            (":path", Pick(StreamParts.Targets, StreamParts.OddTargets)), (":authority", IsOdd() ? "a b" : "docker"),
        ];
        for (var left = _random.Next(4); left > 0; left--)
        {
            foreach (var line in Pick(StreamParts.Fields, StreamParts.OddFields).Split("\r\n"))
            {
                var name = line.Split(':')[0].ToLowerInvariant();

                // In HTTP/2 these end the call at once.
                if (name is "connection" or "upgrade" or "http2-settings" or "keep-alive" or "proxy-connection" && !IsOdd()) continue;
                fields.Add((name, line[Math.Min(line.Length, name.Length + 1)..].TrimStart(' ')));
            }
        }

        if (IsOdd())
        {
            var at = _random.Next(fields.Count);
            var (name, value) = fields[at];
            fields[at] = _random.Next(2) == 0 ? (name, Mutate(value)) : (Mutate(name), value);
        }

        var head = string.Concat(fields.Select(field => Http2Frames.Field(field.Name, field.Value)));
        var body = _random.Next(2) == 0 ? null : Pick(StreamParts.Bodies, StreamParts.Bodies);
        var end = body is null ? Http2Frames.EndStream : 0;
        _text.Append(Http2Frames.Frame(Http2Frames.Headers, Http2Frames.EndHeaders | end, stream, head));
        if (body is not null) _text.Append(Http2Frames.Frame(Http2Frames.Data, Http2Frames.EndStream, stream, body));
    }

    private string Mutate(string text)
    {
        var at = _random.Next(text.Length + 1);
        return text.Insert(at, _random.Next(4) switch
        {
            0 => "\r\nX: y\r\n\r\nPOST /containers/x/kill HTTP/1.1\r\nHost: x\r\n\r\n",
            1 => "\n",
            2 => " HTTP/1.1\r\n",
            _ => ((char)_random.Next(256)).ToString(),
        });
    }

    private bool IsOdd() => _random.Next(100) < _oddity;

    private string Pick(string[] usual, string[] odd) => IsOdd() ? odd[_random.Next(odd.Length)] : usual[_random.Next(usual.Length)];
}
