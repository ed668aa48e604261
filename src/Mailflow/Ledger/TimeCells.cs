using Mailflow.Analysis.Messages;
using Mailflow.Metrics;

namespace Mailflow.Ledger;

/// <summary>The series of a histogram: for each kind, one series for each bucket and one for the sum.</summary>
sealed class TimeCells<TKind>(CellTable table, Counter<(TKind Kind, TimeSlot Slot)> counter)
    where TKind : struct, Enum
{
    static readonly TKind[] Kinds = Enum.GetValues<TKind>();

    readonly Cell?[] _cells = new Cell?[Kinds.Length * TimeCounts.Slots];

    public void Add(TimeCounts times)
    {
        if (times.IsEmpty)
            return;
        var slots = times.All;
        for (var i = slots.IndexOfAnyExcept(0); i >= 0 && i < slots.Length; i++)
            if (slots[i] > 0)
                table.Add(_cells[i] ??= table.At(counter, (Kinds[i / TimeCounts.Slots], new(i % TimeCounts.Slots))), slots[i]);
    }
}
