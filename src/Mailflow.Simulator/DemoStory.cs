namespace Mailflow.Simulator;

/// <summary>
/// The demo: an organisation with the failures of a normal day, and one outage. From <paramref name="OutageBegins"/> to
/// <paramref name="OutageEnds"/> a blocklist lists the address that our mail leaves from, and the domains that use the list reject our mail.
/// </summary>
sealed record DemoStory(DateTimeOffset OutageBegins, DateTimeOffset OutageEnds)
{
    public const string Blocklist = "zen.spamhaus.org";

    /// <summary>Each domain has one behaviour: it uses the blocklist, or it greylists, or neither.</summary>
    const int Behaviours = 3;

    readonly long _begins = OutageBegins.ToUnixTimeMilliseconds(), _ends = OutageEnds.ToUnixTimeMilliseconds();

    /// <summary>Whether the domain rejects our mail at this time (Unix milliseconds).</summary>
    public bool Rejects(ushort domain, long at) => domain > 0 && domain % Behaviours == 1 && at >= _begins && at < _ends;

    public static bool Greylists(ushort domain) => domain % Behaviours == 2;
}
