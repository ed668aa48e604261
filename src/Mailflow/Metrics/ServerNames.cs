using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Snapshots;

namespace Mailflow.Metrics;

/// <summary>
/// The servers that have their own label: all configured ones, and up to <see cref="Labels.MaxServersFromRows"/> others that are named in rows and
/// exports. All others become <c>other</c>.
/// </summary>
sealed class ServerNames(Folded folded)
{
    static readonly ServerName Other = new(Label.Other);

    readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase) { Label.Other, ServerSnapshot.Organisation };
    readonly HashSet<string> _configured = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Number of names that are neither configured nor one of the two fixed names.</summary>
    int FromRows => _names.Count - _configured.Count - 2;

    /// <summary>Maximum number of labels.</summary>
    public int Most => _names.Count + Math.Max(0, Labels.MaxServersFromRows - FromRows);

    /// <summary>Adds a configured server. It always gets its own label.</summary>
    public void Configure(string server)
    {
        if (!LabelName.IsName(server))
            return;
        if (_names.Add(server) || !server.Equals(Label.Other, StringComparison.OrdinalIgnoreCase))
            _configured.Add(server);
    }

    /// <summary>Restores a server that had its own label before the restart.</summary>
    public void Load(string server) => _names.Add(server);

    /// <summary>The label of a known server; <c>other</c> for an unknown one. Adds nothing.</summary>
    public ServerName Known(string server) => _names.TryGetValue(server, out var known) ? new(known) : Other;

    /// <summary>The label of a server, in the spelling first seen.</summary>
    public ServerName LabelOf(string server)
    {
        if (_names.TryGetValue(server, out var known))
            return new(known);
        if (!LabelName.IsName(server))
        {
            folded.AddNoName(Labels.Server);
            return Other;
        }

        if (FromRows < Labels.MaxServersFromRows)
        {
            _names.Add(server);
            return new(server);
        }

        folded.Add(Labels.Server, server);
        return Other;
    }
}
