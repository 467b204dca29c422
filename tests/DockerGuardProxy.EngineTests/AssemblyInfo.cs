using DockerGuardProxy.EngineTests.Lab;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

// Engines, goroutine counts and timings are shared by all tests: one at a time.
[assembly: Parallelization(Mode = ParallelMode.None)]
[assembly: AssemblyFixture(typeof(Laboratory))]
