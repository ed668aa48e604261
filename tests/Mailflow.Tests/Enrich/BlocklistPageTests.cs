using Mailflow.Analysis.Blocklists;

namespace Mailflow.Tests.Enrich;

public sealed class BlocklistPageTests
{
    [Fact]
    public void The_page_of_blocklists_is_what_the_table_says() =>
        Repository.Holds("docs/blocklists.md", "lists", string.Concat(
            "| list | takes | codes | who may ask | asked at most | removal | documented at |\n|---|---|---|---|---|---|---|\n",
            string.Concat(BlocklistTable.All.Where(l => l.Closed is null).Select(l =>
                $"| {(l.Default ? "**" : "")}{l.Zone}{(l.Default ? "**" : "")} | {l.Kinds.ToString().Replace("Domain", "domains", StringComparison.Ordinal).Replace("Ip", "IP", StringComparison.Ordinal)} | {string.Join("<br>", l.Codes.Select(c => $"{Code(l, c)}: {(c.Meaning == CodeMeaning.Refused ? "*no listing:* " : "")}{c.Says}"))} | {l.Policy} | {(l.Interval.TotalMinutes >= 60 ? "once an hour" : $"every {l.Interval.TotalMinutes} min")} | {l.Delist} | {l.Source} |\n")),
            "\n| closed list | what became of it | source |\n|---|---|---|\n",
            string.Concat(BlocklistTable.All.Where(l => l.Closed is not null).Select(l => $"| {l.Zone} | {l.Closed} | {l.Source} |\n"))));

    static string Code(Blocklist list, ListCode code) => list.Bitmask ? $"bit {code.Code.Split('.')[^1]}" : code.Code;
}
