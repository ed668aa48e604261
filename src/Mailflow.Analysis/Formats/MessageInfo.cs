using System.Text;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Formats;

/// <summary>
/// The message-info column of a SEND, SENDEXTERNAL or DELIVER row:
/// <c>&lt;arrival in the organisation&gt;;SRV=host:TOTAL-HUB=1.500|SMR=0.012(SMRPI=0.001)|CAT=0.100|QDE=0.400;SRV=...</c>.
/// Names that start with X- overlap others and must not be added; components in brackets are part of the component before them.
/// </summary>
static class MessageInfo
{
    /// <summary>Reads the arrival time. Exchange 2007 and 2010 write it too, without a tracker.</summary>
    public static bool TryArrival(ReadOnlySpan<byte> info, ref Utf8Fields.LastDay last, out DateTime arrival) =>
        Utf8Fields.TryTimestamp(info, ref last, out arrival, out _);

    /// <summary>
    /// Adds the tracker's components to <paramref name="stages"/>, in milliseconds by <see cref="Stage"/>; a stage that the tracker does not
    /// name is -1.
    /// </summary>
    /// <returns>False where there is no tracker.</returns>
    public static bool TryStages(ReadOnlySpan<byte> info, Span<long> stages)
    {
        var found = false;
        var start = info.IndexOf((byte)':');
        while (start >= 0)
        {
            // Each server's part starts with SRV=host: and ends at the next ';'. The colons of the arrival time are skipped:
            // they have no '=' before the next ';'.
            info = info[(start + 1)..];
            var end = info.IndexOf((byte)';');
            found |= AddComponents(end < 0 ? info : info[..end], stages);
            if (end < 0)
                break;
            info = info[(end + 1)..];
            start = info.IndexOf((byte)':');
        }

        return found;
    }

    /// <summary>The components of the tracker, with their names; those that overlap others and those in brackets are left out.</summary>
    public static List<LatencyPart> Parts(ReadOnlySpan<byte> info)
    {
        var result = new List<LatencyPart>();
        while (!info.IsEmpty)
        {
            var end = info.IndexOf((byte)';');
            var part = end < 0 ? info : info[..end];
            info = end < 0 ? default : info[(end + 1)..];
            var colon = part.IndexOf((byte)':');
            // An L before SRV says that the server is the local one.
            var at = part.IndexOf("SRV="u8);
            if (at is not (0 or 1) || colon < at + 4)
                continue;
            var server = Encoding.UTF8.GetString(part[(at + 4)..colon]);
            for (part = part[(colon + 1)..]; !part.IsEmpty && part.IndexOf((byte)'=') is > 0 and var equal;)
            {
                var name = part[..equal];
                part = part[(equal + 1)..];
                end = part.IndexOfAny((byte)'|', (byte)'(');
                var milliseconds = Utf8Fields.Milliseconds(end < 0 ? part : part[..end]);
                if (milliseconds >= 0 && !name.StartsWith("X-"u8))
                    result.Add(new(server, Encoding.UTF8.GetString(name), milliseconds));
                part = end < 0 ? default : part[end] == '|' ? part[(end + 1)..] : AfterBrackets(part[end..]);
            }
        }

        return result;
    }

    static bool AddComponents(ReadOnlySpan<byte> part, Span<long> stages)
    {
        var found = false;
        while (!part.IsEmpty)
        {
            var equal = part.IndexOf((byte)'=');
            if (equal <= 0)
                break;
            var name = part[..equal];
            part = part[(equal + 1)..];
            var end = part.IndexOfAny((byte)'|', (byte)'(');
            var milliseconds = Utf8Fields.Milliseconds(end < 0 ? part : part[..end]);
            if (milliseconds >= 0 && !name.StartsWith("TOTAL"u8) && !name.StartsWith("X-"u8))
            {
                ref var stage = ref stages[(int)StageOf(name)];
                stage = Math.Max(0, stage) + milliseconds;
                found = true;
            }

            part = end < 0 ? default : part[end] == '|' ? part[(end + 1)..] : AfterBrackets(part[end..]);
        }

        return found;
    }

    static ReadOnlySpan<byte> AfterBrackets(ReadOnlySpan<byte> text)
    {
        var depth = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '(')
                depth++;
            else if (text[i] == ')')
                depth--;
            else if (text[i] == '|' && depth == 0)
                return text[(i + 1)..];
        }

        return default;
    }

    static Stage StageOf(ReadOnlySpan<byte> name) =>
        name.StartsWith("SMSMBX"u8) || name.StartsWith("SDD"u8) ? Stage.Store
        : name.StartsWith("SMS"u8) ? Stage.Send
        : name.StartsWith("SMR"u8) ? Stage.Receive
        : name.StartsWith("CAT"u8) ? Stage.Categorize
        : name[0] == 'Q' || name.StartsWith("DFR"u8) ? Stage.Queue
        : name.StartsWith("MTSS"u8) || name.StartsWith("SDS"u8) || name.SequenceEqual("SA"u8) || name.SequenceEqual("ES"u8) ? Stage.Submit
        : Stage.Other;
}

/// <summary>A component of the latency tracker of one server.</summary>
readonly record struct LatencyPart(string Server, string Name, long Milliseconds)
{
    /// <summary>The sum of the others of this server and service.</summary>
    public bool IsTotal => Name.StartsWith("TOTAL", StringComparison.Ordinal);
}
