using Mailflow.Analysis.Incidents;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Formats;

/// <summary>
/// The numbers of texts of one column in a <see cref="SightingBlock"/>: one look-up by the bytes of the column, and no allocation for a text that was
/// seen before. One instance per worker and column.
/// </summary>
/// <param name="make">Converts the text of the column to the text that is kept.</param>
/// <param name="longest">A longer text is cut, in bytes.</param>
sealed class BlockNames(Func<string, string> make, int longest = KeptText.Name)
{
    /// <summary>Texts that are kept, with about 150 bytes each. Organisations with more senders or domains have most of their mail from these.</summary>
    const int Most = 8192;

    readonly Utf8Table<Entry> _texts = new();

    Entry? _last;
    byte[] _lastBytes = [];

    public int NumberIn(SightingBlock block, ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return 0;
        var entry = _last is not null && utf8.SequenceEqual(_lastBytes) ? _last : Find(utf8);
        if (!ReferenceEquals(entry.Block, block) || entry.Round != block.Round)
            (entry.Block, entry.Round, entry.Number) = (block, block.Round, block.NumberOf(entry.Text));
        return entry.Number;
    }

    Entry Find(ReadOnlySpan<byte> utf8)
    {
        if (_texts.Find(utf8) is { } known)
        {
            (_last, _lastBytes) = (known, known.Utf8);
            return known;
        }

        var entry = new Entry(make(KeptText.Of(utf8, longest)), utf8.Length <= longest ? utf8.ToArray() : []);
        if (_texts.Count < Most && utf8.Length <= longest)
            _texts.Add(utf8, entry);
        return entry;
    }

    sealed class Entry(string text, byte[] utf8)
    {
        public string Text { get; } = text;

        public byte[] Utf8 { get; } = utf8;

        /// <summary>The block that <see cref="Number"/> is for, and its <see cref="SightingBlock.Round"/>.</summary>
        public SightingBlock? Block { get; set; }

        public int Round { get; set; }

        public int Number { get; set; }
    }
}
