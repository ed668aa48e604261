using Mailflow.Configuration;

namespace Mailflow.Tail;

/// <summary>Finds roots that are the same folder or inside one another, through links and mounts. Their rows would be counted twice.</summary>
static class RootOverlap
{
    /// <summary>A hanging share does not delay the start: it is not checked.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    const int MaxDepth = 64;

    public static async Task<IReadOnlyList<string>> FaultsAsync(IReadOnlyList<LogRoot> roots)
    {
        if (roots.Count < 2)
            return [];
        var asked = roots.Select(r => Task.Run(() => Above(r.Folder))).ToList();
        await ((Task)Task.WhenAll(asked)).WaitAsync(Patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var known = roots.Zip(asked)
            .Where(a => a.Second is { IsCompletedSuccessfully: true, Result.Count: > 0 })
            .Select(a => (Root: a.First, Above: a.Second.Result))
            .ToList();
        var faults = new List<string>();
        var byFolder = new Dictionary<(long, long), LogRoot>();
        foreach (var (root, above) in known)
            if (!byFolder.TryAdd(above[0], root))
                faults.Add(Fault(root, byFolder[above[0]], "is the same folder as"));
        foreach (var (root, above) in known)
            foreach (var folder in above.Skip(1))
                if (byFolder.TryGetValue(folder, out var outer))
                    faults.Add(Fault(root, outer, "is below"));
        return faults;
    }

    static string Fault(LogRoot root, LogRoot other, string how) =>
        $"Logs: {root.Folder} {how} {other.Folder}, through a link or a mount. Its rows would be counted twice. Give separate folders.";

    /// <summary>The identities of the folder and its parents; none where the system has none.</summary>
    static List<(long, long)> Above(string folder)
    {
        var above = new List<(long, long)>();
        for (var path = folder; above.Count < MaxDepth; path += "/..")
        {
            var identity = FileId.OfFolder(path);
            if (identity == default || (above.Count > 0 && above[^1] == identity))
                break;
            above.Add(identity);
        }

        return above;
    }
}
