using System.Globalization;
using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Builds;

/// <summary>Builds in words, for the page and the report of `scan`.</summary>
public static class BuildWords
{
    /// <summary>An update that was released less long ago may be planned already.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromDays(30);

    /// <summary>A server whose newest log is older than this, compared with the other servers, is not in use any more.</summary>
    static readonly TimeSpan Retired = TimeSpan.FromDays(7);

    /// <summary>One build: product, update, age, support, newer updates.</summary>
    public static string Of(BuildState state, DateTimeOffset now)
    {
        var released = state.Update is { } update && state.State != UpdateState.NewerThanKnown
            ? $", released {Day(update.Released)} ({Days(now.UtcDateTime - update.Released)} ago)"
            : "";
        var support = state.SupportAt(now) switch
        {
            SupportState.OutOfSupport => $" Support ended on {Day(state.Product!.EndOfSupport!.Value)}.",
            SupportState.Supported when state.Product!.EndOfSupport is { } end => $" Supported until {Day(end)}.",
            SupportState.Supported => " Supported.",
            _ => "",
        };
        return $"{Sentence(state.Name)}, build {state.Build}{released}.{support} {Updates(state)}";
    }

    /// <summary>What is wrong in the organisation, the most important first.</summary>
    public static IEnumerable<string> Problems(IReadOnlyList<ServerState> servers, DateTimeOffset now)
    {
        if (servers.Count == 0)
            yield break;
        // A log can have a date in the future, if the clock of its server was wrong: the others are in use all the same.
        var newest = servers.Max(s => s.Written) is var last && last < now.UtcDateTime ? last : now.UtcDateTime;
        List<ServerState> used = [.. servers.Where(s => newest - s.Written < Retired)];
        foreach (var product in used.Where(s => s.Build.SupportAt(now) == SupportState.OutOfSupport).GroupBy(s => s.Build.Product!))
            yield return $"{product.Key.Name} on {Names(product)} is out of support since {Day(product.Key.EndOfSupport!.Value)}: "
                + $"no more public security updates. Move to {ExchangeBuilds.ExchangeSE.Name}.";
        foreach (var level in used.Where(s => s.Build.State == UpdateState.Behind).GroupBy(s => (s.Build.Product, s.Build.Level)))
            yield return $"{level.Key.Product!.Name} {level.Key.Level!.Name} on {Names(level)} gets no more updates. "
                + $"The newest public update is {Text(level.First().Build.Newest!)}.";
        foreach (var old in used.Where(s => s.Build.State == UpdateState.NewerExists && now.UtcDateTime - s.Build.Next!.Released > Patience)
            .GroupBy(s => s.Build.Update!))
            yield return $"The newest logs of {Names(old)} show {old.First().Build.Name}; the newest public update is {Text(old.First().Build.Newest!)}. "
                + "Check which update is installed: a log does not always show it.";
        // An update belongs to one product: servers with different products cannot have the same.
        foreach (var product in used.Where(s => s.Build.Product is not null).GroupBy(s => s.Build.Product!))
        {
            var builds = product.GroupBy(s => s.Build.Build).OrderByDescending(g => g.Count()).ThenBy(g => g.Key.InLogs, StringComparer.Ordinal).ToList();
            if (builds.Count > 1)
                yield return $"{builds.Count} different builds of {product.Key.Name} are in use: "
                    + $"{string.Join("; ", builds.Select(b => $"{b.Key} on {Names(b)}"))}. Install the same update on all servers with {product.Key.Name}.";
        }
    }

    /// <summary>A reply with which Exchange Online limits mail because of the build (4.7.230: throttled, 5.7.230: blocked), and what to do.</summary>
    /// <param name="build">Null if no tracking log named it.</param>
    public static string Limited(string server, BuildState? build, string reply)
    {
        // The code decides: both replies can end with https://aka.ms/BlockUnsafeExchange.
        var verb = Diagnosis.Of(reply).Enhanced == "5.7.230" ? "blocks" : "throttles";
        var which = build is null ? "" : $" {build.Build} ({build.Name})";
        var time = Minutes(reply) is { } minutes ? $": {minutes} minutes an hour" : "";
        return $"Exchange Online {verb} mail from {server} because its build{which} is too old{time}. {ToInstall(build)}";
    }

    static string ToInstall(BuildState? build)
    {
        var latest = ExchangeBuilds.ExchangeSE.Newest!;
        if (build?.Product is null)
            return $"Find the build with Get-ExchangeServer. The newest known is {ExchangeBuilds.ExchangeSE.Name} {Text(latest)}.";
        if (build.Product == ExchangeBuilds.ExchangeSE)
            return $"Install the newest update, {Text(latest)} or newer.";
        return build is { Next: not null, Newest: { } newest }
            ? $"Install {Text(newest)}, the last public update, and move to {ExchangeBuilds.ExchangeSE.Name}."
            : $"Move to {ExchangeBuilds.ExchangeSE.Name}.";
    }

    static string Updates(BuildState state) => state.State switch
    {
        UpdateState.Current => $"No newer public update was known on {Day(ExchangeBuilds.KnownUntil)}.",
        UpdateState.NewerExists => $"The newest public update is {Text(state.Newest!)}; a log does not always show which one is installed.",
        UpdateState.Behind => $"{state.Level!.Name} gets no more updates; the newest public update is {Text(state.Newest!)}.",
        UpdateState.NewerThanKnown =>
            $"Newer than all builds{(state.Level is { } level ? $" of {level.Name}" : "")} known on {Day(ExchangeBuilds.KnownUntil)}.",
        _ when state.Product is { Levels.Count: 0 } => "Its logs do not name the update.",
        _ => $"The build is not in the table of {Day(ExchangeBuilds.KnownUntil)}.",
    };

    static string Text(ExchangeUpdate update) => $"{update.Name} ({update.Build}, {Day(update.Released)})";

    static string Names(IEnumerable<ServerState> servers) => string.Join(", ", servers.Select(s => s.Server));

    static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    static string Days(TimeSpan age) => (int)age.TotalDays is var days && days == 1 ? "1 day" : string.Create(CultureInfo.InvariantCulture, $"{days:N0} days");

    static string Day(DateTime day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>The number before `mins/hr`.</summary>
    static int? Minutes(string reply)
    {
        var end = reply.IndexOf(" min", StringComparison.OrdinalIgnoreCase);
        var start = end;
        while (start > 0 && char.IsAsciiDigit(reply[start - 1]))
            start--;
        return end > start && int.TryParse(reply.AsSpan(start, end - start), NumberStyles.None, CultureInfo.InvariantCulture, out var minutes)
            ? minutes
            : null;
    }
}
