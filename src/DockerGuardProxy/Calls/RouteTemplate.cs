using System.Collections.Immutable;
using System.Text;

namespace DockerGuardProxy.Calls;

/// <summary>
/// A path as gorilla/mux takes it from moby's routers: literals with variables between them. <c>{name}</c> takes one segment,
/// <c>{name:.*}</c> takes slashes too (link aliases have them) but no line feed, and must be the only variable.
/// </summary>
internal sealed class RouteTemplate
{
    private const string Any = ":.*}";

    private readonly ImmutableArray<byte[]> _literals;
    private readonly bool _spansSlashes;
    private readonly string _shown;

    public RouteTemplate(string template)
    {
        var literals = ImmutableArray.CreateBuilder<byte[]>();
        var shown = new StringBuilder();
        var rest = template.AsSpan();
        for (int open; (open = rest.IndexOf('{')) >= 0; rest = rest[(rest.IndexOf('}') + 1)..])
        {
            literals.Add(Encoding.ASCII.GetBytes(rest[..open].ToString()));
            shown.Append(rest[..open]).Append("ID");
        }

        literals.Add(Encoding.ASCII.GetBytes(rest.ToString()));
        _literals = literals.ToImmutable();
        _shown = shown.Append(rest).ToString();
        _spansSlashes = template.Contains(Any, StringComparison.Ordinal);
        if (_spansSlashes && _literals.Length != 2) throw new ArgumentException("A variable that takes slashes is the only one.", nameof(template));
    }

    /// <summary>
    /// Whether the router hands the path to this route, and there is anything for its handler: of an empty name it says 400, of one with a
    /// slash at its end 404.
    /// </summary>
    /// <param name="path">Decoded, and without the API version.</param>
    /// <param name="name">What the first variable takes; empty where there is none.</param>
    public bool TryMatch(ReadOnlySpan<byte> path, out Range name)
    {
        name = default;
        var at = 0;
        for (var i = 0; i < _literals.Length - 1; i++)
        {
            if (!path[at..].StartsWith(_literals[i])) return false;
            at += _literals[i].Length;
            var length = _spansSlashes ? path.Length - at - _literals[i + 1].Length : path[at..].IndexOf((byte)'/');
            if (length < 0 && !_spansSlashes) length = path.Length - at;
            if (length <= 0) return false;
            var value = path.Slice(at, length);
            if (value[^1] == '/' || value.Contains((byte)'\n')) return false;
            if (i == 0) name = at..(at + length);
            at += length;
        }

        return path[at..].SequenceEqual(_literals[^1]);
    }

    /// <summary>For people: <c>/containers/ID/stop</c>.</summary>
    public override string ToString() => _shown;
}
