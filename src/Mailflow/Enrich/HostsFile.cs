using System.Net;

namespace Mailflow.Enrich;

/// <summary>The names that this machine resolves without DNS: those of its hosts file, and localhost (RFC 6761 section 6.3).</summary>
static class HostsFile
{
    /// <summary>Larger files are not read.</summary>
    const int MaxBytes = 1 << 20;

    static string Path => OperatingSystem.IsWindows() ? System.IO.Path.Combine(Environment.SystemDirectory, "drivers", "etc", "hosts") : "/etc/hosts";

    public static IReadOnlyList<IPAddress> Find(string host) => Find(host, Path);

    /// <summary>The addresses of a host, in the file's order; none where the file does not contain it or cannot be read.</summary>
    internal static IReadOnlyList<IPAddress> Find(string host, string file)
    {
        var name = host.TrimEnd('.');
        var found = new List<IPAddress>();
        foreach (var line in Lines(file))
        {
            var words = line.Split('#')[0].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Skip(1).Contains(name, StringComparer.OrdinalIgnoreCase) && IPAddress.TryParse(words[0], out var address))
                found.Add(address);
        }

        var isLocal = name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
        return found.Count == 0 && isLocal ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : found;
    }

    static string[] Lines(string file)
    {
        try
        {
            return new FileInfo(file) is { Exists: true, Length: <= MaxBytes } ? File.ReadAllLines(file) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
