using DockerGuardProxy.Guard;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DockerGuardProxy.Tests.Guard;

public sealed class GuardObserversTests
{
    [Fact]
    public void One_that_fails_keeps_nothing_from_the_others_and_no_call_from_its_way()
    {
        var fault = new InvalidOperationException();
        var (before, after) = (new Observer(null), new Observer(null));
        var happened = new GuardEvent.Faulted(new IOException());
        var faults = 0;
        var all = new GuardObservers([before, new Observer(fault), after], new FailOpen(() => faults++, TimeProvider.System, NullLogger.Instance));

        all.On(happened);
        Assert.Equal(1, faults);
        Assert.Same(happened, Assert.Single(before.Seen));
        Assert.Same(happened, Assert.Single(after.Seen));
    }

    private sealed class Observer(Exception? fault) : IGuardObserver
    {
        public List<GuardEvent> Seen { get; } = [];

        public void On(GuardEvent happened)
        {
            Seen.Add(happened);
            if (fault is not null)
                throw fault;
        }
    }
}
