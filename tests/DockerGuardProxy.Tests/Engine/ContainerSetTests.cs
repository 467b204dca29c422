using CsCheck;
using DockerGuardProxy.Engine;
using Xunit;
using static DockerGuardProxy.Tests.Engine.Samples;

namespace DockerGuardProxy.Tests.Engine;

public sealed class ContainerSetTests
{
    public static TheoryData<string, string> References => new()
    {
        { "", "none" },
        { "/", "none" },
        { "web", "a1" },
        { "/web", "a1" },
        { "//web", "none" },
        { "Web", "none" },
        { " web", "none" },
        { "we", "none" },
        { "web/sql", "b" },
        { "/web/sql", "b" },
        { "a", "ambiguous" },
        { "a1", "a1" },
        { "a2", "a2" },
        { "b", "b" },
        { "b0", "b" },
        { "/b", "none" },
        { "B", "none" },
        { "c", "none" },
        // A name wins over a prefix, a full id over a name.
        { "d", "e" },
        { "d0", "d" },
        { Id("b"), "b" },
        { Id("b") + "0", "none" },
    };

    [Theory]
    [MemberData(nameof(References))]
    public void A_reference_means_what_it_means_to_dockerd(string reference, string expected)
    {
        var set = Set(
            Listed("a1", true, "/web"),
            Listed("a2", false, "/x"),
            Listed("b", false, "/db", "/web/sql"),
            Listed("d", false, "/y"),
            Listed("e", false, "/d"),
            Listed("f", false, "/" + Id("b")));

        Assert.Equal(expected, Show(set.Resolve(reference)));
    }

    [Fact]
    public void Only_a_full_id_is_exact()
    {
        var set = Set(Listed("a1", true, "/web"));
        Assert.True(set.Resolve(Id("a1")).Exact);
        Assert.False(set.Resolve("web").Exact);
        Assert.False(set.Resolve("a1").Exact);
    }

    [Fact]
    public void Resolution_agrees_with_a_naive_model_whatever_happened()
    {
        var hex = Gen.String[Gen.OneOf('a', 'b'), 1, 4];
        var name = Gen.OneOf("/a", "/ab", "/x", "/y", "/x/y", "/a/b");
        var step = Gen.Select(hex, name.List[0, 3], Gen.Bool, (id, names, remove) => (id, names, remove));
        var reference = Gen.String[Gen.OneOf('a', 'b', '0', 'x', 'y', '/'), 0, 5];
        Gen.Select(step.List[0, 12], reference.List[1, 20]).Sample((steps, references) =>
        {
            var set = ContainerSet.Empty;
            var model = new Dictionary<string, HashSet<string>>();
            foreach (var (id, names, remove) in steps)
            {
                if (remove)
                {
                    set = set.Without(Id(id));
                    model.Remove(Id(id));
                    continue;
                }

                foreach (var others in model.Values)
                    others.ExceptWith(names);
                model[Id(id)] = [.. names];
                set = set.With((set.Find(Id(id)) ?? new Container { Id = Id(id) }) with { Names = [.. names.Distinct()] });
            }

            foreach (var text in references)
                Assert.Equal(Naive(model, text), Show(set.Resolve(text)));
            Assert.Equal(
                model.Values.SelectMany(names => names).Where(text => text.StartsWith("/x/", StringComparison.Ordinal)).Order(),
                set.AliasesUnder("/x").Order());
        });
    }

    private static string Naive(Dictionary<string, HashSet<string>> model, string reference)
    {
        if (reference.Length == 0)
            return "none";
        if (model.ContainsKey(reference))
            return reference.TrimEnd('0');
        var slashed = reference[0] == '/' ? reference : "/" + reference;
        foreach (var (id, names) in model)
        {
            if (names.Contains(slashed))
                return id.TrimEnd('0');
        }

        var matches = model.Keys.Where(id => id.StartsWith(reference, StringComparison.Ordinal)).ToList();
        return matches.Count switch { 0 => "none", 1 => matches[0].TrimEnd('0'), _ => "ambiguous" };
    }

    private static string Show(Resolution resolution) =>
        resolution.IsFound ? resolution.Container.Id.TrimEnd('0') : resolution.Kind == ResolutionKind.None ? "none" : "ambiguous";
}
