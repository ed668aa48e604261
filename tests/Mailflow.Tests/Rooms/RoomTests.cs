namespace Mailflow.Tests.Rooms;

/// <summary>Which room may use which: the arrows that ARCHITECTURE.md draws, held against the symbols that the code uses.</summary>
public sealed class RoomTests
{
    static readonly Lazy<SourceCode> Code = new(SourceCode.Read);

    [Fact]
    public void Each_arrow_of_the_code_is_drawn()
    {
        var drawn = Drawn();
        Assert.Empty(Code.Value.Uses.Where(u => !drawn.Contains((u.From, u.To))).Select(Said));
    }

    [Fact]
    public void Each_drawn_arrow_is_used()
    {
        var used = Code.Value.Uses.Select(u => (u.From, u.To)).ToHashSet();
        Assert.Empty(Drawn().Where(a => !used.Contains(a)).Select(a => $"{a.From} -> {a.To} is drawn in ARCHITECTURE.md, and nothing uses it."));
    }

    [Fact]
    public void There_is_no_cycle() => Assert.Null(CycleIn(Drawn()));

    [Fact]
    public void A_cycle_is_found() =>
        Assert.Equal("Ledger -> Metrics -> Web -> Ledger", CycleIn([("Tail", "Ledger"), ("Ledger", "Metrics"), ("Metrics", "Web"), ("Web", "Ledger")]));

    [Fact]
    public void A_forbidden_use_is_reported_with_its_place()
    {
        var uses = Code.Value.UsesIn(
            "src/Mailflow/Tail/Added.cs",
            "namespace Mailflow.Tail;\n\nstatic class Added\n{\n    static string Level => Mailflow.Ship.SinkOutcome.Later.ToString();\n}\n");
        var drawn = Drawn();
        Assert.Contains("src/Mailflow/Tail/Added.cs:5: Tail uses SinkOutcome of Ship.", uses.Where(u => !drawn.Contains((u.From, u.To))).Select(Said));
    }

    /// <summary>Without this the tests above could pass because nothing was understood.</summary>
    [Fact]
    public void Nearly_all_names_have_a_symbol() =>
        Assert.True(
            Code.Value.Names > 50_000 && Code.Value.Unresolved < Code.Value.Names / 100,
            $"{Code.Value.Unresolved} of {Code.Value.Names} names have no symbol.");

    [Fact]
    public void No_two_types_share_a_name() =>
        Assert.Empty(Code.Value.Types.Distinct().GroupBy(t => t.Name, StringComparer.Ordinal).Where(g => g.Count() > 1)
            .Select(g => $"{g.Key}: {string.Join(", ", g.Select(t => t.Namespace))}"));

    static string Said(RoomUse use) => $"{use.Place}: {use.From} uses {use.Symbol} of {use.To}.";

    /// <summary>The arrows between the two fences: <c>Room -> Room, Room</c>.</summary>
    static HashSet<(string From, string To)> Drawn()
    {
        var lines = File.ReadLines(Repository.PathOf("ARCHITECTURE.md")).SkipWhile(l => l != "```arrows").Skip(1).TakeWhile(l => l != "```");
        return [.. lines.Select(l => l.Split(" -> ", StringSplitOptions.TrimEntries)).SelectMany(l => l[1].Split(',', StringSplitOptions.TrimEntries)
            .Select(to => (l[0], to)))];
    }

    /// <summary>A cycle, room by room; null where there is none.</summary>
    static string? CycleIn(IReadOnlyCollection<(string From, string To)> arrows)
    {
        var (left, gone) = (arrows.Select(a => a.From).ToHashSet(StringComparer.Ordinal), 0);
        do
            gone = left.RemoveWhere(room => !arrows.Any(a => a.From == room && left.Contains(a.To)));
        while (gone > 0);
        if (left.Count == 0)
            return null;
        List<string> path = [left.Order(StringComparer.Ordinal).First()];
        while (path.IndexOf(path[^1]) == path.Count - 1)
            path.Add(arrows.First(a => a.From == path[^1] && left.Contains(a.To)).To);
        return string.Join(" -> ", path[path.IndexOf(path[^1])..]);
    }
}
