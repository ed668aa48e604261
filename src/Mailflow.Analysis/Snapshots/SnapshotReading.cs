using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Snapshots;

/// <summary>Groups the objects of one export into snapshots, one per server. Never throws, whatever the objects contain; bounded.</summary>
/// <param name="kind">The kind of the export's first object; objects of other kinds are counted and left out.</param>
/// <param name="taken">When the export was written, UTC.</param>
/// <param name="server">Used where no object names its server.</param>
public sealed class SnapshotReading(SnapshotKind kind, DateTime taken, string server)
{
    public const int MaxServers = 200;

    /// <summary>How many queues per server are kept individually, the deepest ones; the rest is summed by kind.</summary>
    public const int MaxQueues = 200;

    /// <summary>How many objects of each other kind are kept per server.</summary>
    public const int MaxRows = 1000;

    /// <summary>Limit for all rows of an export together, in characters, estimated; queues beyond it are summed by kind, other objects left out.</summary>
    const long MaxCharacters = 8 << 20;

    long _characters;
    readonly Dictionary<string, Server> _servers = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Adds an object.</summary>
    /// <returns>False where the object is of another kind, cannot be read, or is beyond the limit; a queue without a number is already counted.</returns>
    public bool Add(ExportObject export)
    {
        if (SnapshotFormat.Of(export) is not { } format || format.Kind != kind)
            return false;
        List<ResourcePressure> pressure = [];
        string? named = null;
        // Without a number there is no queue: a server all of whose queues are unreadable has no snapshot, and not an empty one.
        var queue = kind == SnapshotKind.Queues ? QueueState.Of(export) : null;
        if (kind == SnapshotKind.Queues && queue is null)
            return true;
        if (kind == SnapshotKind.BackPressure && !ResourcePressure.TryRead(export["Result"] ?? "", taken, out named, out pressure))
            return false;
        var name = NameOf(named ?? format.ServerOf(export) ?? export["PSComputerName"] ?? server);
        if (!_servers.TryGetValue(name, out var found))
        {
            if (_servers.Count >= MaxServers)
                return false;
            _servers.Add(name, found = new());
        }

        switch (kind)
        {
            case SnapshotKind.Queues:
                if (HasRoom(ServerSnapshot.TextOf(queue!)))
                    found.Add(queue!);
                else
                    found.AddToOthers(queue!);
                return true;
            case SnapshotKind.Messages:
                return found.Add(QueuedMessages.Of(export));
            case SnapshotKind.SendConnectors or SnapshotKind.ReceiveConnectors:
                var connector = ConnectorState.Of(export);
                return HasRoom(ServerSnapshot.TextOf(connector)) && Add(found.Connectors, connector);
            case SnapshotKind.Certificates:
                var certificate = CertificateState.Of(export);
                return HasRoom(ServerSnapshot.TextOf(certificate)) && Add(found.Certificates, certificate);
            case SnapshotKind.BackPressure:
                found.Pressure = pressure;
                return true;
            default:
                foreach (var setting in SnapshotFormat.Settings(kind))
                    if (export.Has(setting) && !found.Settings.Exists(s => s.Name == setting))
                        found.Settings.Add(new(setting, ConnectorState.Join(export, setting)));
                return true;
        }
    }

    /// <summary>The snapshots read so far.</summary>
    public IReadOnlyList<ServerSnapshot> Snapshots() => [.. _servers.Select(s => s.Value.Snapshot(new(kind, s.Key, taken)))];

    bool HasRoom(long characters) => (_characters += characters + ServerSnapshot.OfRow) <= MaxCharacters;

    static bool Add<T>(List<T> rows, T row)
    {
        if (rows.Count >= MaxRows)
            return false;
        rows.Add(row);
        return true;
    }

    /// <summary>The host name without its domain, as tracking logs name servers.</summary>
    public static string NameOf(string server)
    {
        var dot = server.IndexOf('.', StringComparison.Ordinal);
        // The part before the first dot of an IP address is not a host name.
        var name = dot > 0 && !server.All(c => c == '.' || char.IsAsciiDigit(c)) ? server[..dot] : server;
        name = Visible.Start(name, 64).Trim();
        return name.Length == 0 ? "unknown" : name;
    }

    sealed class Server
    {
        readonly List<QueueState> _queues = [];
        readonly Dictionary<QueueKind, QueueState> _others = [];
        readonly Dictionary<string, QueuedMessages> _messages = new(StringComparer.OrdinalIgnoreCase);

        public List<ConnectorState> Connectors { get; } = [];

        public List<CertificateState> Certificates { get; } = [];

        public List<SettingValue> Settings { get; } = [];

        /// <summary>From the last object that has it.</summary>
        public List<ResourcePressure> Pressure { get; set; } = [];

        /// <summary>Sorts only when the list has twice as many queues as are kept.</summary>
        public void Add(QueueState queue)
        {
            _queues.Add(queue);
            if (_queues.Count >= 2 * MaxQueues)
                Cut();
        }

        public void AddToOthers(QueueState queue) => _others[queue.Kind] = _others.GetValueOrDefault(queue.Kind, QueueState.None(queue.Kind)).Plus(queue);

        public bool Add(QueuedMessages message)
        {
            if (!_messages.TryGetValue(message.Queue, out var known) && _messages.Count >= MaxRows)
                return false;
            _messages[message.Queue] = known is null ? message : known.Plus(message);
            return true;
        }

        public ServerSnapshot Snapshot(ServerSnapshot of)
        {
            Cut();
            return of with
            {
                Queues = [.. _queues],
                OtherQueues = [.. _others.Values.OrderBy(q => q.Kind)],
                Messages = [.. _messages.Values],
                Connectors = Connectors,
                Certificates = Certificates,
                Settings = Settings,
                Pressure = Pressure,
            };
        }

        void Cut()
        {
            _queues.Sort((a, b) => a.Messages != b.Messages ? b.Messages.CompareTo(a.Messages) : string.CompareOrdinal(a.Identity, b.Identity));
            foreach (var queue in _queues.Skip(MaxQueues))
                AddToOthers(queue);
            if (_queues.Count > MaxQueues)
                _queues.RemoveRange(MaxQueues, _queues.Count - MaxQueues);
        }
    }
}
