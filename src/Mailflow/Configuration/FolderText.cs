using System.Text.RegularExpressions;

namespace Mailflow.Configuration;

/// <summary>What was typed for a folder and can hardly be one. The disk is asked only where the text is odd: a share that hangs must not hold up the start.</summary>
static partial class FolderText
{
    /// <summary>Why it is none, and what to give instead; null where it may be one.</summary>
    public static string? Fault(string text, string path) => Oddity(text) is { } oddity && !Directory.Exists(path) ? oddity : null;

    static string? Oddity(string text) =>
        text.Contains('"', StringComparison.Ordinal) || text.StartsWith('\'') || text.EndsWith('\'') ? "it contains quotation marks. Give it without them"
        : text.AsSpan().IndexOfAny('*', '?') >= 0 ? "wildcards are not expanded. Give the parent folder (all folders below it are read), or each folder separately"
        : text.AsSpan().IndexOfAny(',', ';') >= 0 ? "it names several folders. Give each separately: --logs A --logs B, or Logs:0:Folder and Logs:1:Folder"
        : Variable().IsMatch(text) ? "variables are not expanded. Give the full path"
        : !OperatingSystem.IsWindows() && text.Contains('\\', StringComparison.Ordinal) || Drive().IsMatch(text) && !OperatingSystem.IsWindows() ? "it is a Windows path, but this is not Windows. Mount the share and give the mount folder"
        : null;

    [GeneratedRegex(@"%\w+%|\$env:|\$\{?\w", RegexOptions.NonBacktracking)]
    private static partial Regex Variable();

    [GeneratedRegex("^[A-Za-z]:", RegexOptions.NonBacktracking)]
    private static partial Regex Drive();
}
