using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Mailflow.Analysis.Blocklists;
using Mailflow.Analysis.Domains;
using Mailflow.Analysis.Messages;
using Mailflow.Privacy;

namespace Mailflow.Configuration;

/// <summary>One thing that can be set.</summary>
/// <param name="Key">As in appsettings.json: `:` between levels, `#` for a number. Environment variable: MAILFLOW_ and `__` between levels.</param>
/// <param name="Default">The value if it is not set; empty: none.</param>
/// <param name="Allowed">The allowed values, in words.</param>
/// <param name="Why">What it does and why to change it.</param>
/// <param name="Apply">Returns the options with this value, or null if the value is not allowed.</param>
sealed record Setting(string Key, string Default, string Allowed, string Why, Func<MailflowOptions, string, MailflowOptions?> Apply);

/// <summary>THE table of settings, and its reader. It reports all faults at once, each with key, value and what is allowed.</summary>
static class Settings
{
    public const string VariablePrefix = "MAILFLOW_";
    public const string ListenAllowed = "http:// or https:// with an address of this machine (or localhost, or *) and a port";

    const string TokenAllowed = "a token of 16 to 256 visible ASCII characters";

    /// <summary>Maximum number of configured entries of each kind: log folders, resolvers, addresses, domains, smart hosts, blocklists.</summary>
    public const int MaxNamed = 1000;

    static readonly Uri NoUrl = new("about:none");
    static readonly CertificateFiles NoCertificate = new("", null, null);
    static readonly EventFile NoFile = new("", 100L << 20, 10);

    public static IReadOnlyList<Setting> All { get; } =
    [
        new("State:Folder", "", "a folder",
            "Folder of the store and its lock. Default: STATE_DIRECTORY (systemd); else Mailflow in ProgramData (Windows);"
            + " else mailflow in XDG_STATE_HOME or ~/.local/state.",
            (o, v) => FullPath(v) is { } path ? o with { StateFolder = path } : null),
        new("Web:Listen", "http://127.0.0.1:9464", ListenAllowed,
            "Address of the page, /metrics and /api. Default: loopback only. Beyond it, page and API need a sign-in (docs/deployment.md)."
            + " In a container: http://*:9464. http:// may be left out; a port alone means loopback. https:// needs Web:CertificateFile.",
            (o, v) => ListenUrl(v) is { } url ? o with { Listen = url } : null),
        new("Web:Token", "", TokenAllowed,
            "Token for the page and the API, also on loopback. Browsers are asked for it; programs send Authorization: Bearer. Better kept in a file.",
            (o, v) => TokenOf(v) is { } token ? o with { Access = o.Access with { Token = token } } : null),
        new("Web:TokenFile", "", $"a file that holds {TokenAllowed}",
            "Keeps the token out of the configuration. It is read at the start. openssl rand -hex 32 makes one.",
            (o, v) => Secret(v) is { } text && TokenOf(text) is { } token ? o with { Access = o.Access with { Token = token } } : null),
        new("Web:ProxyHeader", "", "the name of an HTTP header",
            "Header in which a reverse proxy names the user that it has checked, for example Remote-User. The proxy must remove it from what clients send.",
            (o, v) => HeaderName(v) is { } name ? o with { Access = o.Access with { ProxyHeader = name } } : null),
        new("Web:TrustedProxies", "", "addresses and networks, separated by commas: 10.0.0.7, 192.0.2.0/28, fd00::/64",
            "Where that reverse proxy connects from. From other addresses, the header is ignored.",
            (o, v) => NetworksOf(v) is { } list ? o with { Access = o.Access with { TrustedProxies = list } } : null),
        new("Web:AllowAnonymous", "false", "true or false",
            "Whether everybody with network access may read the page and the API without a sign-in. Default: beyond loopback they answer 403.",
            (o, v) => Bool(v) is { } b ? o with { Access = o.Access with { AllowAnonymous = b } } : null),
        new("Web:ProtectMetrics", "false", "true or false",
            "Whether /metrics needs the sign-in too. /healthz and /readyz never do.",
            (o, v) => Bool(v) is { } b ? o with { Access = o.Access with { ProtectMetrics = b } } : null),
        new("Web:CertificateFile", "", "a file: PEM with the certificate and its chain, or PFX",
            "Certificate for https://. It is read again when it changes.",
            (o, v) => FullPath(v) is { } path ? o with { Certificate = (o.Certificate ?? NoCertificate) with { Certificate = path } } : null),
        new("Web:CertificateKeyFile", "", "a file: the private key as PEM",
            "Default: the key is in the file of the certificate.",
            (o, v) => FullPath(v) is { } path ? o with { Certificate = (o.Certificate ?? NoCertificate) with { Key = path } } : null),
        new("Web:CertificatePasswordFile", "", "a file that holds the password",
            "Only where the PFX file or the key has a password.",
            (o, v) => FullPath(v) is { } path ? o with { Certificate = (o.Certificate ?? NoCertificate) with { Password = path } } : null),
        new("Web:ShowAddresses", "false", "true or false",
            "Whether message pages, search results and /api/v1 show e-mail addresses that were not searched for. Default: masked, also if Privacy:Addresses"
            + " is plain. A search for a plain address works in any case.",
            (o, v) => Bool(v) is { } b ? o with { ShowAddresses = b } : null),
        new("Tail:PollInterval", "250ms", "50ms to 1m",
            "How often log folders are checked. A longer interval reduces the load on a slow share.",
            (o, v) => Duration(v, 0.05, 60) is { } t ? o with { Tail = o.Tail with { PollInterval = t } } : null),
        new("Tail:MaxLineBytes", "4194304", "262144 to 67108864",
            "Longer lines are skipped, counted and logged.",
            (o, v) => Whole(v, 262144, 67108864) is { } n ? o with { Tail = o.Tail with { MaxLineBytes = (int)n } } : null),
        new("Tail:InFlightMegabytes", "16", "2 to 1024",
            "Maximum amount of log data in memory.",
            (o, v) => Whole(v, 2, 1024) is { } n ? o with { InFlightBytes = n << 20 } : null),
        new("Read:Workers", "auto", "auto, or 1 to 64",
            "Number of threads that parse and classify. One reads hundreds of MB/s.",
            (o, v) => WorkersOf(v) is { } n ? o with { Workers = n } : null),
        new("Store:CommitInterval", "250ms", "50ms to 10s",
            "How often figures are committed to the store. A longer interval reduces the load on a slow disk; figures appear that much later.",
            (o, v) => Duration(v, 0.05, 10) is { } t ? o with { Ledger = o.Ledger with { CommitInterval = t } } : null),
        new("Store:Keep", "30d", "1h to 3650d",
            "How long failures are kept, counted from the latest log row.",
            (o, v) => Duration(v, 3600, 3650 * 86400d) is { } t ? o with { Ledger = o.Ledger with { Keep = t } } : null),
        new("Store:MaxMegabytes", "1024", "16 to 1048576",
            "Maximum size of the store. The oldest failures are deleted first; those of the last hour are kept. The file does not shrink:"
            + " free space in it is reused.",
            (o, v) => Whole(v, 16, 1048576) is { } n ? o with { Ledger = o.Ledger with { MaxBytes = n << 20 } } : null),
        new("Trace:Keep", "off", "off, or 1d to 3650d",
            "How long compressed copies of tracking logs are kept, counted from their newest row, so that messages are found after Exchange has deleted"
            + " its logs (by default after 30 days). A log is copied when its newest row is three hours older than the newest row of all logs. A copy is"
            + " about a tenth of its log.",
            (o, v) => v.Equals("off", StringComparison.OrdinalIgnoreCase) ? o with { Keep = o.Keep with { For = null } }
                : Duration(v, 86400, 3650 * 86400d) is { } t ? o with { Keep = o.Keep with { For = t } } : null),
        new("Trace:KeepFolder", "", "a folder",
            "Folder of the copies. They contain addresses and subjects as the logs do. Default: kept in the state folder.",
            (o, v) => FullPath(v) is { } path ? o with { Keep = o.Keep with { Folder = path } } : null),
        new("Trace:KeepMegabytes", "10240", "16 to 104857600",
            "Maximum size of all copies. The oldest are deleted first.",
            (o, v) => Whole(v, 16, 104857600) is { } n ? o with { Keep = o.Keep with { MaxBytes = n << 20 } } : null),
        new("Trace:Expiry", "2d", "1h to 30d",
            "How long a message may be on its way: the longest MessageExpirationTimeout of your servers (Get-TransportService). One hour later, without a row"
            + " and without an end, it counts as lost.",
            (o, v) => Duration(v, 3600, 30 * 86400d) is { } t ? o with { Ledger = o.Ledger with { Expiry = t } } : null),
        new("Trace:Index", "true", "true or false",
            "Whether the store gets an index for message traces, of 0.7 % of the size of the tracking logs. Off: a trace reads the logs completely.",
            (o, v) => Bool(v) is { } b ? o with { TraceIndex = b } : null),
        new("Incidents:Enabled", "true", "true or false",
            "Whether incidents are looked for: failures that belong together, since when, and whether they are over. The store keeps their evidence for"
            + " 35 days.",
            (o, v) => Bool(v) is { } b ? o with { Incidents = b } : null),
        new("Rules:File", "", "a file",
            "Your own rules for replies (docs/rules.md): they win over the built-in ones. Read at the start and when it changes; a file with a fault"
            + " changes nothing and is reported.",
            (o, v) => FullPath(v) is { } path ? o with { RulesFile = path } : null),
        new("Events:Deferrals", "false", "true or false",
            "Also send each deferral as an event. Default: deferrals are only counted.",
            (o, v) => Bool(v) is { } b ? o with { Ledger = o.Ledger with { KeepDeferrals = b } } : null),
        new("Events:Console", "false", "true or false",
            "Write events as JSON lines to standard output, for the log of a container.",
            (o, v) => Bool(v) is { } b ? o with { EventsConsole = b } : null),
        new("Events:File:Path", "", "a file",
            "Write events as JSON lines to this file, rolled by size.",
            (o, v) => FullPath(v) is { } path ? o with { EventsFile = (o.EventsFile ?? NoFile) with { Path = path } } : null),
        new("Events:File:MaxMegabytes", "100", "1 to 10240",
            "Size at which the file is rolled.",
            (o, v) => Whole(v, 1, 10240) is { } n ? o with { EventsFile = (o.EventsFile ?? NoFile) with { MaxBytes = n << 20 } } : null),
        new("Events:File:Keep", "10", "1 to 1000",
            "Number of rolled files to keep.",
            (o, v) => Whole(v, 1, 1000) is { } n ? o with { EventsFile = (o.EventsFile ?? NoFile) with { Keep = (int)n } } : null),
        new("Events:Seq:Url", "", HttpUrlAllowed,
            "Seq server that receives each failure as an event.",
            (o, v) => HttpUrl(v) is { } url ? o with { EventsSeq = new(url, o.EventsSeq?.ApiKey) } : null),
        new("Events:Seq:ApiKey", "", "a Seq API key",
            "Better kept in a file: see the next setting.",
            (o, v) => o with { EventsSeq = new(o.EventsSeq?.Url ?? NoUrl, v) }),
        new("Events:Seq:ApiKeyFile", "", "a file that holds the key",
            "Keeps the key out of the configuration.",
            (o, v) => Secret(v) is { } key ? o with { EventsSeq = new(o.EventsSeq?.Url ?? NoUrl, key) } : null),
        new("Otlp:Url", "", HttpUrlAllowed,
            "OpenTelemetry collector that receives metrics and events over OTLP/HTTP, without /v1/metrics and /v1/logs. Example: http://collector:4318.",
            (o, v) => HttpUrl(v) is { } url ? o with { Otlp = new(url, o.Otlp?.Header) } : null),
        new("Otlp:HeaderFile", "", "a file that holds NAME: VALUE",
            "HTTP header that the collector requires, for example Authorization: Bearer ...",
            (o, v) => Header(v) is { } header ? o with { Otlp = new(o.Otlp?.Url ?? NoUrl, header) } : null),
        new("Otlp:Interval", "60s", "1s to 1h",
            "How often metrics are pushed.",
            (o, v) => Duration(v, 1, 3600) is { } t ? o with { OtlpInterval = t } : null),
        new("Privacy:Addresses", "masked", "masked, hashed or plain",
            "How e-mail addresses appear in all output. The store keeps them unchanged.",
            (o, v) => OneOf<AddressPrivacy>(v) is { } p ? o with { Addresses = p } : null),
        new("Privacy:Subjects", "false", "true or false",
            "Whether message subjects are kept. Default: dropped.",
            (o, v) => Bool(v) is { } b ? o with { Ledger = o.Ledger with { KeepSubjects = b } } : null),
        new("Enrichment:Enabled", "true", "true or false",
            "Whether Mailflow queries DNS for failing domains and checks our own addresses, domains and smart hosts. Off: Mailflow sends no query."
            + " Queries contain domains, never e-mail addresses.",
            (o, v) => Bool(v) is { } b ? o with { Enrich = o.Enrich with { Enabled = b } } : null),
        new("Enrichment:Resolvers", "system", "names and addresses, separated by commas: system, internal=10.0.0.53, external=192.0.2.53:5353",
            "DNS resolvers, in this order. Mailflow reports where they disagree. Blocklists need your own resolver, not a public one.",
            (o, v) => ResolversOf(v) is { } list ? o with { Enrich = o.Enrich with { Resolvers = list } } : null),
        new("Enrichment:Deadline", "2s", "200ms to 30s",
            "Time limit for a DNS answer, and so the longest time an event waits for its answers.",
            (o, v) => Duration(v, 0.2, 30) is { } t ? o with { Enrich = o.Enrich with { Deadline = t } } : null),
        new("Enrichment:MaxAge", "1h", "1m to 30d",
            "No DNS queries for failures that are older than this when they are read.",
            (o, v) => Duration(v, 60, 30 * 86400d) is { } t ? o with { Enrich = o.Enrich with { MaxAge = t } } : null),
        new("Enrichment:WatchInterval", "15m", "1m to 1d",
            "How often our own addresses, domains and smart hosts are checked.",
            (o, v) => Duration(v, 60, 86400) is { } t ? o with { Enrich = o.Enrich with { WatchInterval = t } } : null),
        new("Enrichment:EgressIps", "", "IP addresses, separated by commas",
            "Public IP addresses that we send from. Checked: blocklists, PTR, SPF.",
            (o, v) => Each(v, AddressOf) is { } list ? o with { Enrich = o.Enrich with { EgressIps = list } } : null),
        new("Enrichment:OwnDomains", "", "domains, separated by commas",
            "Domains that we send as. Checked: SPF, DKIM, DMARC, MTA-STS, TLS-RPT, MX and domain blocklists.",
            (o, v) => Each(v, MailDomainOf) is { } list ? o with { Enrich = o.Enrich with { OwnDomains = list } } : null),
        new("Enrichment:DkimSelectors", "", "selectors, separated by commas: s1, or contoso.com:s1 for one domain",
            "DKIM selectors that our servers sign with. DNS cannot list them.",
            (o, v) => Each(v, SelectorOf) is { } list ? o with { Enrich = o.Enrich with { DkimSelectors = list } } : null),
        new("Enrichment:SmartHosts", "", "hosts, separated by commas: smarthost.contoso.com, 192.0.2.25:587",
            "Next hops to probe. Checked: connection, banner, STARTTLS, certificate, message size limit.",
            (o, v) => Each(v, t => HostOf(t, 25)) is { } list ? o with { Enrich = o.Enrich with { SmartHosts = list } } : null),
        new("Enrichment:KnockAtMx", "true", "true or false",
            "Whether the MX hosts of our own domains are probed too. Turn it off if the firewall blocks connections from inside to our public address.",
            (o, v) => Bool(v) is { } b ? o with { Enrich = o.Enrich with { KnockAtMx = b } } : null),
        new("Enrichment:Blocklists", "default", "default, and zones, separated by commas",
            "Blocklists to query; docs/blocklists.md lists the known ones. Any other zone is queried as RFC 5782 describes.",
            (o, v) => ListsOf(v) is { } list ? o with { Enrich = o.Enrich with { Blocklists = list } } : null),
        new("Enrichment:SpamhausKey", "", "a DQS key",
            "Better kept in a file: see the next setting.",
            (o, v) => KeyOf(v) is { } key ? o with { Enrich = o.Enrich with { SpamhausKey = key } } : null),
        new("Enrichment:SpamhausKeyFile", "", "a file that holds the key",
            "Key of the Spamhaus Data Query Service, used for queries to its zones.",
            (o, v) => Secret(v) is { } text && KeyOf(text) is { } key ? o with { Enrich = o.Enrich with { SpamhausKey = key } } : null),
        new("Enrichment:FetchPolicies", "false", "true or false",
            "Whether MTA-STS policies are fetched over HTTPS from the web servers of the checked domains.",
            (o, v) => Bool(v) is { } b ? o with { Enrich = o.Enrich with { FetchPolicies = b } } : null),
        .. MailSettings.All,
        new("Log:Level", "information", "debug, information, warning or error",
            "Level of Mailflow's own log.",
            (o, v) => LevelOf(v) is { } level ? o with { LogLevel = level } : null),
        new("Log:Seq:Url", "", HttpUrlAllowed,
            "Seq server that also receives Mailflow's own log.",
            (o, v) => HttpUrl(v) is { } url ? o with { LogSeq = new(url, o.LogSeq?.ApiKey) } : null),
        new("Log:Seq:ApiKeyFile", "", "a file that holds the key",
            "Keeps the key out of the configuration.",
            (o, v) => Secret(v) is { } key ? o with { LogSeq = new(o.LogSeq?.Url ?? NoUrl, key) } : null),
        new("Exports:TimeZone", "", ZoneText.Allowed,
            "The zone of times without one in exports of message tracking: Export-Csv writes the local time of the computer where it runs."
            + " Default: they are taken for UTC, and counted as local-time in mailflow_export_problems_total.",
            (o, v) => ZoneText.Of(v, TimeZoneInfo.Local) is { } zone ? o with { ExportZone = zone } : null),
        new("Logs:#:Folder", "", "a folder, which may not exist yet",
            "Folder with message tracking logs and exports (docs/exports.md), read with all folders below it. On an Exchange server:"
            + " %ExchangeInstallPath%TransportRoles\\Logs\\MessageTracking.",
            (o, _) => o),
        new("Logs:#:Server", "", "a name",
            "Name of the server that writes these logs. Default: as the log rows name it.",
            (o, _) => o),
        new("Logs:#:Name", "", "a name, different for each",
            "Name under which read positions are stored. Set it if the folder may move. Default: the folder.",
            (o, _) => o),
    ];

    static int AutoWorkers => Math.Clamp(Environment.ProcessorCount - 1, 1, 8);

    /// <summary>Whether a setting with this key exists.</summary>
    public static bool IsKnown(string key)
    {
        var parts = key.Split(':');
        var plain = parts is [var first, _, _] && first.Equals("Logs", StringComparison.OrdinalIgnoreCase) ? $"Logs:#:{parts[2]}" : key;
        return All.Any(s => s.Key.Equals(plain, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Reads the options. Each fault is a sentence with the key, the value and what is allowed.</summary>
    public static MailflowOptions Read(IConfiguration configuration, out IReadOnlyList<string> faults)
    {
        var found = new List<string>();
        var options = new MailflowOptions { Workers = AutoWorkers };
        var values = configuration.AsEnumerable()
            .Where(p => p.Value is not null)
            .ToDictionary(p => p.Key, p => p.Value!, StringComparer.OrdinalIgnoreCase);
        foreach (var setting in All.Where(s => !s.Key.StartsWith("Logs:", StringComparison.Ordinal)))
        {
            if (!values.Remove(setting.Key, out var value) || value.Length == 0)
                continue;
            if (setting.Apply(options, value) is { } applied)
                options = applied;
            else
                found.Add(
                    $"{setting.Key} = {Shown(setting.Key, value)}: allowed is {setting.Allowed}"
                    + $"{(IsDuration(setting) ? ", written like 250ms, 30s, 5m, 12h, 30d or 00:00:30" : "")}.");
        }

        options = options with { Logs = ReadRoots(values, found) };
        foreach (var key in values.Keys.Order(StringComparer.Ordinal))
            found.Add($"{key}: no such setting.{(Nearest(key) is { } near ? $" Did you mean {near}?" : " See docs/configuration.md.")}");
        Check(options, found);
        if (options.StateFolder.Length == 0 && !found.Exists(f => f.StartsWith("State:Folder ", StringComparison.Ordinal)))
        {
            options = options with { StateFolder = DefaultStateFolder() ?? "" };
            if (options.StateFolder.Length == 0)
                found.Add("State:Folder is not set, and this user has no home folder. Give a folder: --state FOLDER, or State:Folder.");
        }

        faults = found;
        return options;
    }

    static void Check(MailflowOptions options, List<string> faults)
    {
        if (options.EventsSeq?.Url == NoUrl)
            faults.Add("Events:Seq:ApiKey is set, but Events:Seq:Url is not. Set it to an http or https URL.");
        if (options.LogSeq?.Url == NoUrl)
            faults.Add("Log:Seq:ApiKeyFile is set, but Log:Seq:Url is not. Set it to an http or https URL.");
        if (options.Otlp?.Url == NoUrl)
            faults.Add("Otlp:HeaderFile is set, but Otlp:Url is not. Set it to an http or https URL.");
        if (options.EventsFile is { Path: "" })
            faults.Add("Events:File:MaxMegabytes or Events:File:Keep is set, but Events:File:Path is not. Set it to a file.");
        CheckAccess(options, faults);
        faults.AddRange(MailSettings.Faults(options));
        (string Key, int Count)[] lists =
        [
            ("Logs", options.Logs.Count),
            ("Web:TrustedProxies", options.Access.TrustedProxies.Count),
            ("Enrichment:Resolvers", options.Enrich.Resolvers.Count),
            ("Enrichment:EgressIps", options.Enrich.EgressIps.Count),
            ("Enrichment:OwnDomains", options.Enrich.OwnDomains.Count),
            ("Enrichment:SmartHosts", options.Enrich.SmartHosts.Count),
            ("Enrichment:Blocklists", options.Enrich.Blocklists.Count),
        ];
        foreach (var (key, count) in lists.Where(l => l.Count > MaxNamed))
            faults.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{key}: {count} entries, at most {MaxNamed} are allowed, because each adds series to /metrics. Use a second Mailflow for the rest."));
        foreach (var twice in options.Logs.GroupBy(r => r.Name, StringComparer.Ordinal).Where(g => g.Count() > 1))
            faults.Add($"Logs: {twice.Count()} of them are named {twice.Key}. Give each its own name and folder.");
        foreach (var inner in options.Logs)
            foreach (var outer in options.Logs.Where(o => o != inner && IsBelow(inner.Folder, o.Folder)))
                faults.Add($"Logs: {inner.Folder} is the same as or below {outer.Folder}. Its rows would be counted twice. Give separate folders.");
    }

    static void CheckAccess(MailflowOptions options, List<string> faults)
    {
        var access = options.Access;
        if (access is { ProxyHeader: not null, TrustedProxies.Count: 0 })
            faults.Add("Web:ProxyHeader is set, but Web:TrustedProxies is not: everybody could send this header. Set it to the address of the proxy.");
        if (access is { ProxyHeader: null, TrustedProxies.Count: > 0 })
            faults.Add("Web:TrustedProxies is set, but Web:ProxyHeader is not. Set it to the header in which the proxy names the user.");
        if (access is { AllowAnonymous: true, HasSignIn: true } or { AllowAnonymous: true, ProtectMetrics: true })
            faults.Add("Web:AllowAnonymous is true, and Web:Token, Web:TokenFile, Web:ProxyHeader or Web:ProtectMetrics is set. Choose one of them.");
        var isHttps = options.Listen.Scheme == Uri.UriSchemeHttps;
        if (isHttps && options.Certificate is null)
            faults.Add($"Web:Listen = '{options.Listen}' needs a certificate. Set Web:CertificateFile to a PEM or PFX file, or listen on http://.");
        if (options.Certificate is { Certificate: "" })
            faults.Add("Web:CertificateKeyFile or Web:CertificatePasswordFile is set, but Web:CertificateFile is not. Set it to a PEM or PFX file.");
        else if (!isHttps && options.Certificate is not null)
            faults.Add($"Web:CertificateFile is set, but Web:Listen = '{options.Listen}' is not encrypted. Set it to https://.");
    }

    static bool IsBelow(string inner, string outer) =>
        (inner + Path.DirectorySeparatorChar).StartsWith(
            outer + Path.DirectorySeparatorChar,
            OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);

    static List<LogRoot> ReadRoots(Dictionary<string, string> values, List<string> faults)
    {
        var roots = new List<LogRoot>();
        var numbers = values.Keys
            .Where(k => k.StartsWith("Logs:", StringComparison.OrdinalIgnoreCase))
            .Select(k => k.Split(':')[1])
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);
        foreach (var number in numbers.ToList())
        {
            values.Remove($"Logs:{number}:Folder", out var folder);
            values.Remove($"Logs:{number}:Server", out var server);
            values.Remove($"Logs:{number}:Name", out var name);
            if (string.IsNullOrWhiteSpace(folder))
                faults.Add($"Logs:{number}:Folder is not set: allowed is a folder.");
            else if (FullPath(folder) is not { } path)
                faults.Add($"Logs:{number}:Folder = '{folder}': allowed is a folder.");
            else if (!string.IsNullOrWhiteSpace(server) && !LabelName.IsName(server))
                faults.Add(
                    $"Logs:{number}:Server: allowed is a name of at most {LabelName.MaxLength} letters without an e-mail address:"
                    + " it becomes a label in /metrics.");
            else if (FolderText.Fault(folder, path) is { } fault)
                faults.Add($"Logs:{number}:Folder = '{folder}': {fault}.");
            else
            {
                // Positions are stored under the name, so a trailing slash must not change it.
                var full = Path.TrimEndingDirectorySeparator(path);
                roots.Add(new(string.IsNullOrWhiteSpace(name) ? full : name, full, string.IsNullOrWhiteSpace(server) ? null : server));
            }
        }

        return roots;
    }

    /// <summary>
    /// The value as a fault shows it. Not shown: keys, URLs that may contain a password, and the value of a key file that is not a full path,
    /// because it may be the key itself by mistake.
    /// </summary>
    static string Shown(string key, string value)
    {
        var isSecret = key.EndsWith("File", StringComparison.OrdinalIgnoreCase)
            ? !Path.IsPathFullyQualified(value)
            : key.Contains("Key", StringComparison.OrdinalIgnoreCase) || key.Contains("Token", StringComparison.OrdinalIgnoreCase)
            || MailSettings.IsSecret(key);
        return isSecret || value.Contains('@', StringComparison.Ordinal) ? "(not shown)" : $"'{value}'";
    }

    /// <summary>The setting that was probably meant.</summary>
    public static string? Nearest(string key)
    {
        var last = key[(key.LastIndexOf(':') + 1)..];
        var near = All.FirstOrDefault(s => s.Key.EndsWith(":" + last, StringComparison.OrdinalIgnoreCase))
            ?? All.FirstOrDefault(s => s.Key.StartsWith(key.Split(':')[0] + ":", StringComparison.OrdinalIgnoreCase));
        return near?.Key;
    }

    static string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    /// <summary>The state folder where no setting names another; null if there is none.</summary>
    public static string? DefaultStateFolder() => DefaultStateFolder(Environment.GetEnvironmentVariable, Home);

    /// <summary>
    /// A full path, independent of the current folder; null if there is none. Relative paths in variables are ignored, as the XDG specification requires.
    /// </summary>
    internal static string? DefaultStateFolder(Func<string, string?> variable, string home)
    {
        if (OperatingSystem.IsWindows())
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "Mailflow");
        if (variable("STATE_DIRECTORY")?.Split(':')[0] is { } given && Path.IsPathFullyQualified(given))
            return given;
        if (variable("XDG_STATE_HOME") is { } state && Path.IsPathFullyQualified(state))
            return Path.Combine(state, "mailflow");
        return Path.IsPathFullyQualified(home) ? Path.Combine(home, ".local", "state", "mailflow") : null;
    }

    /// <summary>The full path. <c>~/</c> is expanded here too: a shell does not expand it after an =, in a file or in a variable.</summary>
    internal static string? FullPath(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
            return null;
        var isInHome = text is "~" or ['~', '/', ..] || (OperatingSystem.IsWindows() && text is ['~', '\\', ..]);
        if (!isInHome)
            return Path.GetFullPath(text);
        return Path.IsPathFullyQualified(Home) ? Path.Join(Home, text.AsSpan(1)) : null;
    }

    static int? WorkersOf(string text) => text.Equals("auto", StringComparison.OrdinalIgnoreCase) ? AutoWorkers : (int?)Whole(text, 1, 64);

    static LogLevel? LevelOf(string text) =>
        OneOf<LogLevel>(text) is (LogLevel.Debug or LogLevel.Information or LogLevel.Warning or LogLevel.Error) and var level ? level : null;

    internal static T? OneOf<T>(string text)
        where T : struct, Enum => Enum.GetValues<T>().Cast<T?>().FirstOrDefault(v => v.ToString()!.Equals(text, StringComparison.OrdinalIgnoreCase));

    static bool IsDuration(Setting setting) => Duration(setting.Default, 0, TimeSpan.MaxValue.TotalSeconds) is not null;

    static long? Whole(string text, long least, long most) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n >= least && n <= most ? n : null;

    internal static bool? Bool(string text) => bool.TryParse(text, out var b) ? b : null;

    /// <summary><c>250ms</c>, <c>30s</c>, <c>5m</c>, <c>12h</c>, <c>30d</c> or <c>00:00:30</c>.</summary>
    internal static TimeSpan? Duration(string text, double leastSeconds, double mostSeconds)
    {
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        double? seconds = digits > 0 && double.TryParse(text.AsSpan(0, digits), CultureInfo.InvariantCulture, out var n)
            ? text[digits..] switch { "ms" => n / 1000, "s" => n, "m" => n * 60, "h" => n * 3600, "d" => n * 86400, _ => null }
            : null;
        // A number without a unit is rejected: .NET would read it as days, most people mean seconds.
        if (text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var span))
            seconds ??= span.TotalSeconds;
        return seconds >= leastSeconds && seconds <= mostSeconds ? TimeSpan.FromSeconds(seconds.Value) : null;
    }

    /// <summary>The entries of a comma-separated list; null if one of them is not valid.</summary>
    internal static List<T>? Each<T>(string text, Func<string, T?> read)
        where T : class
    {
        var all = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(read).ToList();
        return all.Contains(null) ? null : [.. all.OfType<T>().Distinct()];
    }

    static List<ResolverTarget>? ResolversOf(string text)
    {
        var list = Each(text, ResolverOf);
        return list is { Count: > 0 and <= 8 } && list.DistinctBy(r => r.Name, StringComparer.OrdinalIgnoreCase).Count() == list.Count ? list : null;
    }

    /// <summary><c>system</c>, <c>name=address</c>, or an address, which is then also the name.</summary>
    public static ResolverTarget? ResolverOf(string text)
    {
        if (text.Equals("system", StringComparison.OrdinalIgnoreCase))
            return new("system", null);
        var equal = text.IndexOf('=', StringComparison.Ordinal);
        var (name, address) = equal < 0 ? (text, text) : (text[..equal].Trim(), text[(equal + 1)..].Trim());
        if (name.Length is 0 or > 64 || EndPointOf(address) is not { } endPoint)
            return null;
        return new(name, endPoint.Port == 0 ? new(endPoint.Address, 53) : endPoint);
    }

    /// <summary>
    /// <c>host</c>, <c>host:port</c>, or an address with or without a port. The last label of a host name is never a number (RFC 3696): a text that
    /// ends with one is a mistyped address.
    /// </summary>
    public static HostTarget? HostOf(string text, int otherwise)
    {
        if (EndPointOf(text) is { } endPoint)
            return new(endPoint.Address.ToString(), endPoint.Port == 0 ? otherwise : endPoint.Port);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var port = colon < 0 ? otherwise : (int?)Whole(text[(colon + 1)..], 1, 65535);
        if (port is not { } number || DomainNames.Clean(colon < 0 ? text : text[..colon]) is not { } host)
            return null;
        return host[(host.LastIndexOf('.') + 1)..].All(char.IsAsciiDigit) ? null : new(host, number);
    }

    static List<Blocklist>? ListsOf(string text)
    {
        var zones = Each(text, ZoneOf);
        if (zones is null or { Count: > 50 })
            return null;
        var lists = zones.SelectMany(z => z == "default" ? BlocklistTable.All.Where(l => l.Default) : [BlocklistTable.Find(z)]);
        return [.. lists.DistinctBy(l => l.Zone, StringComparer.Ordinal)];
    }

    static string? ZoneOf(string text)
    {
        if (text.Equals("default", StringComparison.OrdinalIgnoreCase))
            return "default";
        return DomainNames.Clean(text) is { } zone && zone.Contains('.', StringComparison.Ordinal) ? zone : null;
    }

    static string? MailDomainOf(string text) => DomainNames.Clean(text) is { } domain && DomainNames.IsMailDomain(domain) ? domain : null;

    static string? SelectorOf(string text)
    {
        var parts = text.Split(':');
        return parts.Length <= 2 && parts.All(p => DomainNames.Clean(p) is not null) ? text.ToLowerInvariant() : null;
    }

    static Secret? KeyOf(string text) => text.Length is > 0 and <= 63 && text.All(char.IsAsciiLetterOrDigit) ? new(text) : null;

    internal static Secret? TokenOf(string text) => text.Length is >= 16 and <= 256 && text.All(c => c is > ' ' and <= '~') ? new(text) : null;

    static string? HeaderName(string text) => text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') ? text : null;

    static List<IPNetwork>? NetworksOf(string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var networks = parts.Select(NetworkOf).ToList();
        return networks.Contains(null) ? null : [.. networks.OfType<IPNetwork>().Distinct()];
    }

    /// <summary>A network, or an address as the network of only this address.</summary>
    static IPNetwork? NetworkOf(string text)
    {
        if (AddressOf(text) is { } address)
            return new(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
        return AddressOf(text.Split('/')[0]) is not null && IPNetwork.TryParse(text, out var network) ? network : null;
    }

    /// <summary>An IP address in its usual notation. .NET also accepts <c>1.2.3</c> and <c>0x7f.1</c> as IPv4; they are rejected here.</summary>
    public static IPAddress? AddressOf(string text) =>
        IPAddress.TryParse(text, out var ip) && (ip.AddressFamily != AddressFamily.InterNetwork || ip.ToString() == text) ? ip : null;

    /// <summary>An address with or without a port; port 0 if there is none.</summary>
    static IPEndPoint? EndPointOf(string text)
    {
        if (!IPEndPoint.TryParse(text, out var endPoint))
            return null;
        return endPoint.AddressFamily != AddressFamily.InterNetwork || AddressOf(text.Split(':')[0]) is not null ? endPoint : null;
    }

    public const string HttpUrlAllowed = "an http or https URL, without a user";

    /// <summary>A user in a URL would never be sent, and the URL is shown: it is not allowed. Headers are in files.</summary>
    public static Uri? HttpUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0 ? url : null;

    /// <summary>
    /// The hosts `*` and `+` mean all addresses; a Uri cannot express that, so they become 0.0.0.0. The URL must end with its port: other parts have no
    /// meaning here. http:// may be missing. A missing address means loopback, so that an omission never opens the port to the network.
    /// </summary>
    public static Uri? ListenUrl(string given)
    {
        var text = WithScheme(given);
        var parsed = text.Replace("//*:", "//0.0.0.0:", StringComparison.Ordinal).Replace("//+:", "//0.0.0.0:", StringComparison.Ordinal);
        if (!Uri.TryCreate(parsed, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Port <= 0)
            return null;
        var end = string.Create(CultureInfo.InvariantCulture, $":{url.Port}{(text.EndsWith('/') ? "/" : "")}");
        var isOnlyHostAndPort = text.EndsWith(end, StringComparison.Ordinal) && url.PathAndQuery == "/" && url.Fragment.Length == 0
            && !text.Contains('@', StringComparison.Ordinal);
        return isOnlyHostAndPort && (url.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6 || url.IsLoopback) ? url : null;
    }

    static string WithScheme(string given)
    {
        if (given.Contains("://", StringComparison.Ordinal))
            return given;
        var port = given.StartsWith(':') ? given[1..] : given;
        return given.Length > 0 && port.All(char.IsAsciiDigit) ? $"http://127.0.0.1:{port}" : "http://" + given;
    }

    internal static (string Name, string Value)? Header(string path)
    {
        if (Secret(path) is not { } line || line.IndexOf(':', StringComparison.Ordinal) is not (> 0 and var colon))
            return null;
        var (name, value) = (line[..colon], line[(colon + 1)..].Trim());
        var isValid = name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && value.Length > 0 && value.All(c => c is >= ' ' and <= '~');
        return isValid ? (name, value) : null;
    }

    internal static string? Secret(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim() is { Length: > 0 } secret ? secret : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
