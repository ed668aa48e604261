using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Mailflow.Pipeline;

namespace Mailflow.Scan;

/// <summary>Cuts a block of a log where the time of its rows enters another step.</summary>
static class BlockSteps
{
    /// <summary>The part of a time that decides: 2026-11-28T07:15.</summary>
    const int Length = 16;

    /// <summary>Steps since 1970; 0 for earlier times.</summary>
    public static long StepOf(DateTime time, TimeSpan step) => Math.Max(0, (time.Ticks - DateTime.UnixEpoch.Ticks) / step.Ticks);

    /// <summary>The parts in their order. A part without a step has no row with a time, or an encoding that is not cut: its newest row decides.</summary>
    /// <param name="server">The server of the file, where its rows say it only later.</param>
    public static IEnumerable<(LogBlock Part, long? Step)> Of(LogBlock block, TimeSpan step, string? server)
    {
        var file = block.File with { Server = block.File.Server ?? server };
        // Exchange writes the time first.
        if (block is not LineBlock lines || file.Encoding != TextEncoding.Utf8 || file.Header.IndexOf("date-time") != 0)
        {
            yield return (block, null);
            yield break;
        }

        var start = StartOf(lines);
        var (from, at, current) = (0, 0, (long?)null);
        while (at < lines.Lines.Length)
        {
            var line = lines.Lines.Span[at..];
            var end = line.IndexOf((byte)'\n');
            var next = end < 0 ? lines.Lines.Length : at + end + 1;
            if (Time(line, step) is { } time && time != current)
            {
                // Lines before the first row are read with it.
                if (current is not null)
                {
                    yield return (Part(from, at), current);
                    from = at;
                }

                current = time;
            }

            at = next;
        }

        yield return (Part(from, lines.Lines.Length, isLast: true), current);

        LineBlock Part(int begin, int end, bool isLast = false) =>
            new(file, block.Offset + begin, block.Buffer, start + begin, end - begin, isLast ? block.End : block.Offset + end, block.Guard, block.Head);
    }

    static int StartOf(LineBlock lines)
    {
        MemoryMarshal.TryGetArray(lines.Lines, out var segment);
        return segment.Offset;
    }

    static long? Time(ReadOnlySpan<byte> line, TimeSpan step)
    {
        if (line.StartsWith("\uFEFF"u8))
            line = line[3..];
        if (line.Length < Length || line[0] is < (byte)'0' or > (byte)'9')
            return null;
        Span<char> text = stackalloc char[Length];
        Encoding.Latin1.GetChars(line[..Length], text);
        return DateTime.TryParseExact(text, "yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? StepOf(time, step) : null;
    }
}
