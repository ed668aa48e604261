using Mailflow.Analysis.Blocklists;

namespace Mailflow.Tests.Enrich;

public sealed class BlocklistPageTests
{
    [Fact]
    public void Blocklist_page_equals_the_table() =>
        Repository.Holds("docs/blocklists.md", "lists", string.Concat(
            "| list | takes | codes | who may ask | asked at most | removal | documented at |\n|---|---|---|---|---|---|---|\n",
            string.Concat(BlocklistTable.All.Where(l => l.Closed is null).Select(Row)),
            "\n| closed list | what happened | source |\n|---|---|---|\n",
            string.Concat(BlocklistTable.All.Where(l => l.Closed is not null).Select(l => $"| {l.Zone} | {l.Closed} | {l.Source} |\n"))));

    static string Row(Blocklist list)
    {
        var name = list.Default ? $"**{list.Zone}**" : list.Zone;
        var kinds = list.Kinds.ToString().Replace("Domain", "domains", StringComparison.Ordinal).Replace("Ip", "IP", StringComparison.Ordinal);
        var codes = list.Codes.Select(c => $"{Code(list, c)}: {(c.Meaning == ListCodeKind.Refused ? "*no listing:* " : "")}{c.Says}");
        var interval = list.Interval.TotalMinutes >= 60 ? "once an hour" : $"every {list.Interval.TotalMinutes} min";
        return $"| {name} | {kinds} | {string.Join("<br>", codes)} | {list.Policy} | {interval} | {list.Delist} | {list.Source} |\n";
    }

    static string Code(Blocklist list, ListCode code) => list.Bitmask ? $"bit {code.Code.Split('.')[^1]}" : code.Code;
}
