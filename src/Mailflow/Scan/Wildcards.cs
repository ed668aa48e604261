using System.IO.Enumeration;

namespace Mailflow.Scan;

/// <summary>Paths as people type them: with wildcards, which cmd and PowerShell leave to the program, and with the server's name that <c>run --logs</c> takes.</summary>
static class Wildcards
{
    static readonly EnumerationOptions Options = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true };

    /// <summary>The paths that are meant; the text as it is where it has no wildcard. None where nothing matches.</summary>
    public static IReadOnlyList<string> Expand(string text)
    {
        // Whose rows they are, the rows say.
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
        // A path of Windows in a shell that knows none.
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
