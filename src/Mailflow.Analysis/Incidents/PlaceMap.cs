namespace Mailflow.Analysis.Incidents;

/// <summary>All places with their histories, and the places of each fact.</summary>
sealed class PlaceMap(NameList names)
{
    /// <summary>The most places whose history is kept; mail to others is judged by the places above them.</summary>
    const int Most = 400_000;

    /// <summary>The whole organisation, and all addresses that our mail leaves from: they have no name of their own.</summary>
    public static readonly PlaceKey All = new(PlaceKind.Organization, 0), Egress = new(PlaceKind.Egress, 0);

    readonly Dictionary<PlaceKey, PlaceHistory> _places = [];

    /// <summary>
    /// By the number of a host: the number of its name without the first label, and of our server with this name; 0 where there is none, -1 not looked up.
    /// </summary>
    readonly List<(int Parent, int Server)> _hosts = [];

    readonly Dictionary<string, int> _servers = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Domains of ours: recipients there are mailboxes, whatever the row says. Submissions by sender domain.</summary>
    readonly Dictionary<int, int> _own = [];

    readonly Dictionary<int, int> _domainsOfSenders = [];

    /// <summary>So many submissions make a domain ours.</summary>
    const int OwnSubmissions = 5;

    const int MostRoutes = 100_000;

    readonly Dictionary<(bool, int, int, int, int, int), Route> _routes = [];

    public NameList Names => names;

    /// <summary>Records a submission: the domain of its sender is ours.</summary>
    public void MeetSender(int sender)
    {
        if (!_domainsOfSenders.TryGetValue(sender, out var domain))
        {
            var address = names[sender];
            var at = address.LastIndexOf('@');
            _domainsOfSenders.Add(sender, domain = at < 0 ? 0 : names.Of(address[(at + 1)..]));
        }

        if (domain != 0)
        {
            _own[domain] = _own.GetValueOrDefault(domain) + 1;
            if (_own[domain] == OwnSubmissions)
                _routes.Clear();
        }
    }

    /// <summary>The recipient's domain if it is not ours, else 0.</summary>
    public int Foreign(int domain) => domain != 0 && _own.GetValueOrDefault(domain) >= OwnSubmissions ? 0 : domain;

    public int Count => _places.Count;

    public IEnumerable<KeyValuePair<PlaceKey, PlaceHistory>> Known => _places;

    public PlaceHistory? Find(PlaceKey key) => _places.GetValueOrDefault(key);

    public PlaceHistory? Of(PlaceKey key, int minute)
    {
        if (!_places.TryGetValue(key, out var place) && _places.Count < Most)
            _places.Add(key, place = new(minute));
        return place;
    }

    /// <summary>Forgets places without mail for a long time.</summary>
    public void Prune(int before)
    {
        _routes.Clear();
        foreach (var (key, place) in _places)
            if (place.Newest < before)
                _places.Remove(key);
    }

    /// <summary>A server of ours that others send to is a next hop of its own, so that what it writes itself does not count for it.</summary>
    public bool IsServer(PlaceKey key) => key.Kind == PlaceKind.NextHop && key.Name != 0 && _servers.GetValueOrDefault(FirstLabel(names[key.Name])) == key.Name;

    /// <summary>Records a server of ours: hosts with its name are it.</summary>
    public void MeetServer(int server)
    {
        if (server == 0 || !_servers.TryAdd(FirstLabel(names[server]), server))
            return;
        _routes.Clear();
        _hosts.Clear();
    }

    /// <summary>The places that a success passes, with their histories. The same few ways come again and again.</summary>
    public Route RouteOf(in Passage passage)
    {
        var way = (passage.Kind == PassageKind.Sent, passage.Server, passage.Connector, passage.Hop, passage.Domain, passage.Database);
        if (_routes.TryGetValue(way, out var route))
            return route;
        if (_routes.Count >= MostRoutes)
            _routes.Clear();
        Span<PlaceKey> keys = stackalloc PlaceKey[MostKeys];
        var found = keys[..KeysOf(passage, keys)].ToArray();
        var minute = passage.Minute;
        route = new(found, Array.ConvertAll(found, key => Of(key, minute)));
        _routes.Add(way, route);
        return route;
    }

    /// <summary>The places that a success passes.</summary>
    /// <param name="keys">Receives them; at least <see cref="MostKeys"/> long.</param>
    int KeysOf(in Passage passage, Span<PlaceKey> keys)
    {
        var count = 0;
        Add(keys, ref count, PlaceKind.Server, passage.Server);
        if (passage.Kind == PassageKind.Sent)
        {
            Add(keys, ref count, PlaceKind.Domain, Foreign(passage.Domain));
            keys[count++] = Egress;
        }

        Add(keys, ref count, PlaceKind.Connector, passage.Connector);
        Add(keys, ref count, PlaceKind.Database, passage.Database);
        AddHop(keys, ref count, passage.Hop, passage.Server);
        keys[count++] = All;
        return count;
    }

    /// <summary>The places at which a trouble may have its reason.</summary>
    public int KeysOf(in Sighting sighting, Span<PlaceKey> keys)
    {
        var count = 0;
        Add(keys, ref count, PlaceKind.Server, sighting.Server);
        Add(keys, ref count, PlaceKind.Domain, sighting.Domain);
        Add(keys, ref count, PlaceKind.Connector, sighting.Connector);
        Add(keys, ref count, PlaceKind.Database, sighting.Database);
        AddHop(keys, ref count, sighting.Hop, sighting.Server);
        if (sighting.Domain != 0)
            keys[count++] = Egress;
        keys[count++] = All;
        return count;
    }

    public const int MostKeys = 10;

    void AddHop(Span<PlaceKey> keys, ref int count, int hop, int writer)
    {
        if (hop == 0)
            return;
        var (parent, server) = HostOf(hop);
        if (server != 0)
        {
            if (server != writer)
                keys[count++] = new(PlaceKind.NextHop, server);
            return;
        }

        keys[count++] = new(PlaceKind.NextHop, hop);
        if (parent != 0)
            keys[count++] = new(PlaceKind.NextHop, parent);
    }

    (int Parent, int Server) HostOf(int hop)
    {
        while (_hosts.Count <= hop)
            _hosts.Add((-1, 0));
        if (_hosts[hop].Parent >= 0)
            return _hosts[hop];
        var host = names[hop];
        var dot = host.IndexOf('.', StringComparison.Ordinal);
        // A provider has one host for each customer, or several: what they share is the name without its first label, which has at least two.
        var isName = dot > 0 && !char.IsAsciiDigit(host[^1]);
        var parent = isName && host.AsSpan(dot + 1).Contains('.') && host.Count(c => c == '.') >= 2 ? names.Of(host[(dot + 1)..]) : 0;
        return _hosts[hop] = (parent, _servers.GetValueOrDefault(FirstLabel(host)));
    }

    static string FirstLabel(string host) => host.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? host[..dot] : host;

    static void Add(Span<PlaceKey> keys, ref int count, PlaceKind kind, int name)
    {
        if (name != 0)
            keys[count++] = new(kind, name);
    }
}

/// <summary>The places of one way, and their histories; null beyond the limit of places.</summary>
sealed record Route(PlaceKey[] Keys, PlaceHistory?[] Places);
