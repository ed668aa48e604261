using System.Diagnostics.CodeAnalysis;

namespace Mailflow.Pipeline;

/// <summary>Whole lines of one file, on the way from the tailer to a reader, or an export on its way to an export worker. The buffer belongs to the pool.</summary>
/// <param name="File">Whose lines.</param>
/// <param name="Offset">Where in the file they start, in bytes.</param>
/// <param name="Buffer">Rented; given back by the reader.</param>
/// <param name="Start">Where the lines start in the buffer.</param>
/// <param name="Length">How many bytes they are. 0 for a stretch that was passed over.</param>
/// <param name="End">Where in the file the next block starts.</param>
/// <param name="Guard">Hash of the bytes before <paramref name="End"/>.</param>
/// <param name="Skipped">Why the stretch was passed over, or null: the usual block of lines.</param>
/// <param name="Unfinished">The file's last line, without its line end: read once by a scan, never by a tailer.</param>
/// <param name="Whole">An export: there are no lines and no buffer; the worker reads this and closes it.</param>
/// <param name="Records">Records of the export that are committed already: they are passed over.</param>
/// <param name="Head">Hash of the first bytes of the file; null for an export.</param>
[SuppressMessage("Performance", "CA1819", Justification = "The buffer is the point.")]
sealed record Block(
    TrackedFile File,
    long Offset,
    byte[] Buffer,
    int Start,
    int Length,
    long End,
    long Guard,
    Analysis.Messages.Unreadable? Skipped = null,
    bool Unfinished = false,
    WholeFile? Whole = null,
    long Records = 0,
    long? Head = null)
{
    public ReadOnlyMemory<byte> Lines => Buffer.AsMemory(Start, Length);
}
