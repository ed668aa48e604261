using System.Collections.Concurrent;
using Mailflow.Pipeline;

namespace Mailflow.Read;

/// <summary>The servers that write to each folder, learned from rows of its logs: used for files that do not name their server.</summary>
sealed class FolderServers
{
    const int MaxFolders = 1024;

    readonly ConcurrentDictionary<(string Root, string Folder), string> _servers = [];

    public string? Of(TrackedFile file) => file.Server ?? _servers.GetValueOrDefault(FolderOf(file));

    /// <summary>Several readers may learn at once; then a few more than the limit are kept.</summary>
    public void Learn(TrackedFile file, string server)
    {
        var folder = FolderOf(file);
        if (_servers.ContainsKey(folder) || _servers.Count < MaxFolders)
            _servers[folder] = server;
    }

    static (string Root, string Folder) FolderOf(TrackedFile file) => (file.Root, Path.GetDirectoryName(file.Name) ?? "");
}
