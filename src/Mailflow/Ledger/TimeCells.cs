using System.Globalization;
using Mailflow.Analysis.Messages;

namespace Mailflow.Ledger;

/// <summary>The counters that a histogram is made of: for each kind of times one for each bucket, named by its bound in milliseconds, and one for the sum.</summary>
sealed class TimeCells(CellTable table, Counter counter, IReadOnlyList<string> kinds)
{
    static readonly string[] Slots = [.. TimeCounts.Bounds.Select(b => b.ToString(CultureInfo.InvariantCulture)), "inf", "sum"];
    static readonly Dictionary<string, int> SlotsByName = Slots.Index().ToDictionary(s => s.Item, s => s.Index, StringComparer.Ordinal);

    readonly Cell?[] _cells = new Cell?[kinds.Count * TimeCounts.Slots];

    /// <summary>The place in <see cref="TimeCounts"/> of the counter with this label; -1 where the store holds another, by damage.</summary>
    public static int SlotOf(string name) => SlotsByName.GetValueOrDefault(name, -1);

    /// <summary>Starts all counters of one kind at 0.</summary>
    public void Start(int kind)
    {
        for (var slot = 0; slot < TimeCounts.Slots; slot++)
            At((kind * TimeCounts.Slots) + slot);
    }

    public void Add(TimeCounts times)
    {
        if (times.IsEmpty)
            return;
        var slots = times.All;
        for (var i = slots.IndexOfAnyExcept(0); i >= 0 && i < slots.Length; i++)
            if (slots[i] > 0)
                table.Add(At(i), slots[i]);
    }

    Cell At(int place) => _cells[place] ??= table.At(new(counter, kinds[place / TimeCounts.Slots], Slots[place % TimeCounts.Slots]));
}
