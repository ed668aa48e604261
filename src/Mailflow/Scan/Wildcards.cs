using System.IO.Enumeration;

namespace Mailflow.Scan;

/// <summary>
/// Expands typed paths: wildcards, which cmd and PowerShell pass on to the program, and a server name before the path, as <c>run --logs</c> accepts.
/// </summary>
static class Wildcards
{
    static readonly EnumerationOptions Options = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true };

    /// <summary>The matching paths; empty if nothing matches. A text without a wildcard is returned unchanged.</summary>
    public static IReadOnlyList<string> Expand(string text)
    {
        // The server name is dropped: the rows contain the server.
        var equal = text.IndexOf('=', StringComparison.Ordinal);
        var named = equal > 0 && text.AsSpan(0, equal).IndexOfAny('/', '\\', ':') < 0;
        foreach (var path in named ? (IEnumerable<string>)[text, text[(equal + 1)..]] : [text])
        {
            if (Path.Exists(path))
                return [path];
            if (Matching(path) is { Count: > 0 } found)
                return found;
        }

        return HasWildcard(text) ? [] : [text];
    }

    static bool HasWildcard(string text) => text.AsSpan().IndexOfAny('*', '?') >= 0;

    static List<string> Matching(string text)
    {
        if (!HasWildcard(text))
            return [];
        // A Windows path, typed on another system.
        var path = text.Contains('/', StringComparison.Ordinal) ? text : text.Replace('\\', Path.DirectorySeparatorChar);
        var root = Path.GetPathRoot(path) ?? "";
        IEnumerable<string> found = [root];
        foreach (var part in path[root.Length..].Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries))
            found = HasWildcard(part) ? found.SelectMany(f => Matches(f, part)) : found.Select(f => Path.Combine(f, part)).Where(Path.Exists);
        return [.. found.Order(StringComparer.Ordinal)];
    }

    static IEnumerable<string> Matches(string folder, string pattern)
    {
        var there = folder.Length == 0 ? "." : folder;
        if (!Directory.Exists(there))
            yield break;
        var entries = new FileSystemEnumerable<string>(there, (ref FileSystemEntry e) => Path.Combine(folder, e.FileName.ToString()), Options)
        {
            ShouldIncludePredicate = (ref FileSystemEntry e) => FileSystemName.MatchesSimpleExpression(pattern, e.FileName, ignoreCase: true),
        };
        foreach (var entry in entries)
            yield return entry;
    }
}
