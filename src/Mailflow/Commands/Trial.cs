using Mailflow.Configuration;

namespace Mailflow.Commands;

/// <summary>
/// The disk checks of <c>run --check</c>: log folders are folders, and the state folder and event file can be written. <c>run</c> itself does not check,
/// because a share that hangs must not block its start. Nothing is left on the disk. The state folder is not created, because it would belong to the
/// user who runs the check.
/// </summary>
static class Trial
{
    public static IEnumerable<string> Faults(MailflowOptions options)
    {
        foreach (var root in options.Logs.Where(r => File.Exists(r.Folder)))
            yield return $"Logs: '{root.Folder}' is a file: allowed is a folder.";
        if (options.StateFolder.Length > 0 && Unwritable(options.StateFolder) is { } state)
            yield return $"State:Folder = '{options.StateFolder}': {state}. Allowed is a folder that this user may write to.";
        if (options.RulesFile is { } rules)
            foreach (var fault in RulesCommand.Faults(rules))
                yield return $"Rules:File = '{rules}': {fault}.";
        if (options.EventsFile is not { Path.Length: > 0 } file)
            yield break;
        if (Path.GetFileName(file.Path).Length == 0 || Directory.Exists(file.Path))
            yield return $"Events:File:Path = '{file.Path}' is a folder: allowed is a file.";
        else if (Unwritable(Path.GetDirectoryName(file.Path)!) is { } events)
            yield return $"Events:File:Path = '{file.Path}': {events}. Allowed is a file in a folder that this user may write to.";
    }

    /// <summary>Conditions that are not errors, because a run waits for them: a folder that does not exist yet or cannot be listed now.</summary>
    public static IEnumerable<string> Warnings(MailflowOptions options)
    {
        foreach (var root in options.Logs)
            if (!Directory.Exists(root.Folder))
                yield return $"{root.Folder} does not exist yet. It is read as soon as it exists.";
            else if (Unlistable(root.Folder) is { } why)
                yield return $"{root.Folder} cannot be listed by this user: {why}.";
    }

    static string? Unlistable(string folder)
    {
        try
        {
            using var entries = Directory.EnumerateFileSystemEntries(folder).GetEnumerator();
            entries.MoveNext();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message.TrimEnd('.');
        }
    }

    /// <summary>Why the folder, or its nearest existing parent, cannot be written; null if it can.</summary>
    static string? Unwritable(string folder)
    {
        var there = folder;
        while (!Path.Exists(there) && Path.GetDirectoryName(there) is { } above)
            there = above;
        if (!Directory.Exists(there))
            return $"{there} is not a folder";
        var probe = Path.Combine(there, $".mailflow-{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(probe);
            Directory.Delete(probe);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message.Replace(probe, there, StringComparison.Ordinal).TrimEnd('.');
        }
    }
}
