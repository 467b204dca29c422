using System.Collections.Concurrent;
using DockerGuardProxy.Admin.Report;

namespace DockerGuardProxy.Admin.Bundle;

/// <summary>
/// What the kernel says of stuck tasks, word for word: the files of <c>/proc</c> that the probe reads of them, none that takes a lock that
/// a stuck task may hold. On a thread of its own, as a read that hangs can't be ended.
/// </summary>
/// <param name="procfs">Folder of procfs.</param>
internal sealed class TaskFiles(string procfs)
{
    /// <summary>Tasks in all: the first few tell the story.</summary>
    public const int MaxTasks = 32;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    private static readonly string[] Names = ["stat", "status", "wchan", "cgroup"];

    /// <summary>Adds them to the bundle as <c>evidence/PID-TID/FILE</c>.</summary>
    public void Read(IEnumerable<TaskReport> tasks, BundleContent bundle)
    {
        var paths = tasks.Take(MaxTasks)
            .SelectMany(
                task => Names.Select(name => (Name: $"evidence/{task.Pid}-{task.Tid}/{name}", Path: $"{procfs}/{task.Pid}/task/{task.Tid}/{name}")))
            .ToArray();
        var results = new ConcurrentQueue<(string Name, string? Text, string? Failure)>();
        var thread = new Thread(() =>
        {
            foreach (var (name, path) in paths)
                results.Enqueue(Read(name, path));
        })
        {
            IsBackground = true,
            Name = "evidence",
        };
        thread.Start();
        var isWhole = thread.Join(Limit);
        var read = results.ToArray();
        foreach (var (name, text, failure) in read)
        {
            if (text is not null)
                bundle.Add(name, text);
            else
                bundle.Miss(name, failure!);
        }

        if (!isWhole)
            bundle.Miss(paths[Math.Min(read.Length, paths.Length - 1)].Name, "the read hangs; what comes after it was not tried");
    }

    private static (string Name, string? Text, string? Failure) Read(string name, string path)
    {
        try
        {
            return (name, File.ReadAllText(path), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Most often gone, and with it the reason to ask.
            return (name, null, e.Message);
        }
    }
}
