using System.Text.RegularExpressions;

namespace Mailflow.Configuration;

/// <summary>
/// Finds texts that are probably not the folder that was meant. The disk is accessed only if the text is suspicious, because a share that hangs must
/// not block the start.
/// </summary>
static partial class FolderText
{
    /// <summary>What is wrong, and what to give instead; null if the text may be a folder.</summary>
    public static string? Fault(string text, string path) => Suspicion(text) is { } suspicion && !Directory.Exists(path) ? suspicion : null;

    static string? Suspicion(string text)
    {
        if (text.Contains('"', StringComparison.Ordinal) || text.StartsWith('\'') || text.EndsWith('\''))
            return "it contains quotation marks. Give it without them";
        if (text.AsSpan().IndexOfAny('*', '?') >= 0)
            return "wildcards are not expanded. Give the parent folder (all folders below it are read), or each folder separately";
        if (text.AsSpan().IndexOfAny(',', ';') >= 0)
            return "it names several folders. Give each separately: --logs A --logs B, or Logs:0:Folder and Logs:1:Folder";
        if (text.StartsWith('='))
            return "the name of the server before '=' is missing. Give SERVER=FOLDER, or the folder without '='";
        if (Variable().IsMatch(text))
            return "variables are not expanded. Give the full path";
        if (!OperatingSystem.IsWindows() && (text.Contains('\\', StringComparison.Ordinal) || Drive().IsMatch(text)))
            return "it is a Windows path, but this is not Windows. Mount the share and give the mount folder";
        return null;
    }

    [GeneratedRegex(@"%\w+%|\$env:|\$\{?\w", RegexOptions.NonBacktracking)]
    private static partial Regex Variable();

    [GeneratedRegex("^[A-Za-z]:", RegexOptions.NonBacktracking)]
    private static partial Regex Drive();
}
