using System.Globalization;
using System.Text;

namespace DockerGuardProxy.EngineTests.Fuzz;

/// <summary>
/// One to four requests behind each other as one client might send them, odd here and there, and bytes of it changed: the same for the same number,
/// on every machine.
/// </summary>
internal sealed class FuzzedStream
{
    private readonly StringBuilder _text = new();
    private readonly Random _random;

    /// <summary>How many of a hundred parts are odd.</summary>
    private readonly int _oddity;

    private FuzzedStream(int number)
    {
        _random = new Random(number);
        _oddity = _random.Next(4) switch { 0 => 0, 1 => 1, 2 => 4, _ => 15 };
    }

    /// <summary>The bytes of the stream with this number.</summary>
    public static byte[] Make(int number)
    {
        var stream = new FuzzedStream(number);
        for (var left = stream._random.Next(1, 5); left > 0; left--) stream.AddRequest();
        for (var left = Math.Max(0, stream._random.Next(6) - 2); left > 0; left--) stream.Mutate();
        return Encoding.Latin1.GetBytes(stream._text.ToString());
    }

    /// <summary>Where to cut it into pieces that are sent one by one; ascending.</summary>
    public static int[] Cuts(int number, int length)
    {
        var random = new Random(~number);
        var cuts = new int[Math.Max(0, random.Next(6) - 2)];
        for (var i = 0; i < cuts.Length; i++) cuts[i] = random.Next(length + 1);
        Array.Sort(cuts);
        return cuts;
    }

    private void AddRequest()
    {
        if (IsOdd()) _text.Append(Pick(["\r\n", "\n", "\r", " ", "\0", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"]));
        _text.Append(Pick(StreamParts.Methods, StreamParts.OddMethods)).Append(' ')
            .Append(Pick(StreamParts.Targets, StreamParts.OddTargets)).Append(Pick(StreamParts.Versions, StreamParts.OddVersions));
        EndLine();
        if (_random.Next(2) == 0) AddFields();
        AddLine(Pick(StreamParts.Hosts, StreamParts.OddHosts));
        if (_random.Next(2) == 0) AddFields();
        if (IsOdd()) AddLine(Pick(StreamParts.OddFramings));
        AddBody();
    }

    private void AddFields()
    {
        for (var left = _random.Next(4); left > 0; left--) AddLine(Pick(StreamParts.Fields, StreamParts.OddFields));
    }

    private void AddBody()
    {
        var body = Pick(StreamParts.Bodies);
        switch (_random.Next(3))
        {
            case 0:
                EndLine();
                break;
            case 1:
                AddLine("Content-Length: " + (body.Length + (IsOdd() ? _random.Next(-1, 2) : 0)).ToString(CultureInfo.InvariantCulture));
                EndLine();
                _text.Append(body);
                break;
            default:
                AddLine("Transfer-Encoding: chunked");
                EndLine();
                for (var left = _random.Next(3); left > 0; left--) AddChunk(Pick(StreamParts.Bodies));
                AddLastChunk();
                break;
        }
    }

    private void AddChunk(string data)
    {
        if (data.Length == 0 && !IsOdd()) return;

        AddSize(data.Length);
        _text.Append(data);
        EndLine();
    }

    private void AddLastChunk()
    {
        AddSize(0);
        if (_random.Next(8) == 0 || IsOdd()) _text.Append(Pick(StreamParts.Trailers, StreamParts.OddTrailers));
        EndLine();
    }

    private void AddSize(int length)
    {
        var size = length.ToString(_random.Next(2) == 0 ? "x" : "X", CultureInfo.InvariantCulture);
        _text.Append(IsOdd() ? Pick(StreamParts.OddSizes).Replace("{0}", size, StringComparison.Ordinal) : size);
        EndLine();
    }

    private void AddLine(string line)
    {
        _text.Append(line);
        EndLine();
    }

    private void EndLine() => _text.Append(IsOdd() && IsOdd(50) ? Pick(StreamParts.OddLineEnds) : "\r\n");

    private void Mutate()
    {
        var at = _random.Next(_text.Length);
        var length = Math.Min(_random.Next(1, 6), _text.Length - at);
        switch (_random.Next(5))
        {
            case 0 when _text.Length > length:
                _text.Remove(at, length);
                break;
            case 1:
                _text.Insert(at, _text.ToString(at, length));
                break;
            case 2:
                _text[at] = (char)_random.Next(256);
                break;
            case 3:
                _text.Length = at + length;
                break;
            default:
                _text.Insert(at, Pick(StreamParts.Bytes));
                break;
        }
    }

    private bool IsOdd() => IsOdd(_oddity);

    private bool IsOdd(int percent) => _random.Next(100) < percent;

    private string Pick(string[] parts) => parts[_random.Next(parts.Length)];

    private string Pick(string[] parts, string[] odd) => Pick(IsOdd() ? odd : parts);
}
