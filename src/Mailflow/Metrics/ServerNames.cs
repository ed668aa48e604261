using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Snapshots;

namespace Mailflow.Metrics;

/// <summary>
/// The servers that have a label of their own: all that are configured, and up to <see cref="Labels.MaxServersFromRows"/> that only rows and exports
/// name. The rest is <c>other</c>.
/// </summary>
sealed class ServerNames(Folded folded)
{
    static readonly ServerName Other = new(Label.Other);

    readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase) { Label.Other, ServerSnapshot.Organisation };
    readonly HashSet<string> _configured = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Names beside those that are configured, and the two that are always there.</summary>
    int FromRows => _names.Count - _configured.Count - 2;

    /// <summary>All labels that there can be.</summary>
    public int Most => _names.Count + Math.Max(0, Labels.MaxServersFromRows - FromRows);

    /// <summary>A server that the settings name always has room.</summary>
    public void Configure(string server)
    {
        if (!LabelName.IsName(server))
            return;
        if (_names.Add(server) || !server.Equals(Label.Other, StringComparison.OrdinalIgnoreCase))
            _configured.Add(server);
    }

    /// <summary>A server that had a label before the restart has it again.</summary>
    public void Load(string server) => _names.Add(server);

    /// <summary>The label of a server that was met before.</summary>
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
