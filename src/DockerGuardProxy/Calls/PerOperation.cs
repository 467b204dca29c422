using System.Collections.Immutable;

namespace DockerGuardProxy.Calls;

/// <summary>A value for each operation.</summary>
internal sealed class PerOperation<T>
{
    private readonly ImmutableArray<T> _values;

    /// <summary>The same for all.</summary>
    public PerOperation(T value)
        : this([.. Enum.GetValues<Operation>().Select(_ => value)])
    {
    }

    private PerOperation(ImmutableArray<T> values) => _values = values;

    public T this[Operation operation] => _values[(int)operation];

    /// <summary>The same values but one.</summary>
    public PerOperation<T> With(Operation operation, T value) => new(_values.SetItem((int)operation, value));

    /// <summary>What each value becomes.</summary>
    public PerOperation<TResult> Select<TResult>(Func<T, TResult> change) => new([.. _values.Select(change)]);
}
