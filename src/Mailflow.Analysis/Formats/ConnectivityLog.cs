using System.Buffers.Text;
using System.Text;
using CsvHelper;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Formats;

/// <summary>
/// Connectivity logs (CONNECTLOG*): connections to the next hop. Each row with the result of an attempt is counted by itself, so no state
/// is needed between rows:
/// <code>
/// +  DnsConnectorDelivery 7a0b...;QueueLength=TQ=3;          a session starts
/// >  mx1.remote.example[203.0.113.25]                        what DNS said
/// >  Established connection to 203.0.113.25                  an attempt: connected
/// >  Failed connection to 203.0.113.77:25 (SocketErrorCode:0000274C)[...]   an attempt: 10060
/// >  InfoDomainNonexistent reported by 10.0.0.2. [Domain:Result] = ...      an attempt: dns-failure
/// -  Messages: 2 Bytes: 8211 (Retry : 451 4.4.0 ...)         the session ends
/// </code>
/// </summary>
public static class ConnectivityLog
{
    public static bool Recognises(LogHeader header) =>
        (header.LogType.Equals("Transport Connectivity Log", StringComparison.OrdinalIgnoreCase) || header.IndexOf("session") >= 0)
        && header.IndexOf("date-time") >= 0 && header.IndexOf("source") >= 0 && header.IndexOf("destination") >= 0
        && header.IndexOf("direction") >= 0 && header.IndexOf("description") >= 0;

    public static BlockReader Open(LogHeader header, ReaderState state) => new ConnectivityReader(header, state).Read;
}

/// <summary>Reads the rows of one connectivity log.</summary>
sealed class ConnectivityReader
{
    const long MaxOfASession = 1L << 40;

    readonly ReaderState _state;
    readonly int _columns;
    readonly int _time;
    readonly int _source;
    readonly int _destination;
    readonly int _direction;
    readonly int _description;
    readonly Action<CsvReader, DateTime, Tally> _readRow;

    public ConnectivityReader(LogHeader header, ReaderState state)
    {
        _state = state;
        _columns = header.Fields.Count;
        _time = header.IndexOf("date-time");
        _source = header.IndexOf("source");
        _destination = header.IndexOf("destination");
        _direction = header.IndexOf("direction");
        _description = header.IndexOf("description");
        _readRow = ReadRow;
    }

    public void Read(ReadOnlyMemory<byte> block, Tally tally) => LogRows.Read(block, _columns, _time, tally, _readRow);

    void ReadRow(CsvReader row, DateTime time, Tally tally)
    {
        var sourceName = row.GetSpan(_source);
        var direction = row.GetSpan(_direction);
        var ends = direction.SequenceEqual("-"u8);
        tally.AddRow(RowOf(sourceName, direction.SequenceEqual("+"u8) ? "CONNECT"u8 : ends ? "DISCONNECT"u8 : "INFO"u8).Index, time);

        var source = SourceOf(sourceName);
        var description = row.GetSpan(_description);
        if (ends)
            AddEnd(row, source, description, tally);
        else if (OutcomeOf(description, out var error) is { } outcome)
            tally.Connections.Add(new(source, outcome, error, _state.Destinations.Of(row.GetSpan(_destination)), 0, 0, null));
    }

    TrackingEvent RowOf(ReadOnlySpan<byte> source, ReadOnlySpan<byte> what)
    {
        Span<byte> pair = stackalloc byte[EventNames.MaxLength + 1];
        if (source.Length + what.Length + 1 > EventNames.MaxLength)
            return ReaderState.Nameless;
        source.CopyTo(pair);
        pair[source.Length] = (byte)'|';
        what.CopyTo(pair[(source.Length + 1)..]);
        return _state.EventOf(pair[..(source.Length + 1 + what.Length)], source.Length);
    }

    /// <summary>Only SMTP rows say how a connection was made; other sources only report that a session took place.</summary>
    void AddEnd(CsvReader row, ConnectionSource source, ReadOnlySpan<byte> description, Tally tally)
    {
        ConnectionOutcome? outcome = source is ConnectionSource.Smtp or ConnectionSource.Transport ? null : ConnectionOutcome.Connected;
        var (sent, bytes) = (NumberAfter(description, "Messages:"u8), NumberAfter(description, "Bytes:"u8));
        tally.Connections.Add(new(source, outcome, -1, _state.Destinations.Of(row.GetSpan(_destination)), sent, bytes, RetryOf(description)));
    }

    static ConnectionOutcome? OutcomeOf(ReadOnlySpan<byte> description, out int error)
    {
        error = -1;
        if (description.StartsWith("Established connection"u8))
            return ConnectionOutcome.Connected;
        if (description.StartsWith("Failed connection"u8))
        {
            error = WinsockErrors.IndexOf(SocketErrorIn(description));
            return WinsockErrors.All[error].Outcome;
        }

        return description.IndexOf("[Domain:Result]"u8) >= 0 || description.IndexOf(" reported by "u8) >= 0 ? ConnectionOutcome.DnsFailure : null;
    }

    /// <summary>Hexadecimal, eight digits; a decimal number is accepted too where it is a known error.</summary>
    static int SocketErrorIn(ReadOnlySpan<byte> description)
    {
        var mark = "SocketErrorCode:"u8;
        var at = description.IndexOf(mark);
        if (at < 0)
            return 0;
        var digits = description[(at + mark.Length)..];
        var end = digits.IndexOfAnyExcept(Utf8Fields.HexDigits);
        digits = end < 0 ? digits : digits[..end];
        if (Utf8Parser.TryParse(digits, out int code, out var read, 'x') && read == digits.Length && WinsockErrors.IndexOf(code) > 0)
            return code;
        return Utf8Parser.TryParse(digits, out code, out read) && read == digits.Length ? code : 0;
    }

    static long NumberAfter(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name)
    {
        var at = text.IndexOf(name);
        var number = at < 0 ? 0 : Utf8Fields.Digits(text[(at + name.Length)..].TrimStart((byte)' '));
        // More than any session can send: the row is damaged.
        return number <= MaxOfASession ? number : 0;
    }

    /// <summary>The cause of the reply in <c>(Retry : 451 4.4.0 ...)</c>.</summary>
    Cause? RetryOf(ReadOnlySpan<byte> description)
    {
        var mark = "(Retry"u8;
        var at = description.IndexOf(mark);
        if (at < 0)
            return null;
        var text = description[(at + mark.Length)..].TrimStart(" :"u8);
        if (text is [.., (byte)')'])
            text = text[..^1];
        return text.IsEmpty ? null : _state.Diagnoses.Get(text).Cause;
    }

    static ConnectionSource SourceOf(ReadOnlySpan<byte> name) =>
        Ascii.EqualsIgnoreCase(name, "SMTP"u8) ? ConnectionSource.Smtp
        : Ascii.EqualsIgnoreCase(name, "MapiDelivery"u8) ? ConnectionSource.MapiDelivery
        : Ascii.EqualsIgnoreCase(name, "MapiSubmission"u8) ? ConnectionSource.MapiSubmission
        : Ascii.EqualsIgnoreCase(name, "DeliveryAgent"u8) ? ConnectionSource.DeliveryAgent
        : Ascii.EqualsIgnoreCase(name, "Transport"u8) ? ConnectionSource.Transport
        : ConnectionSource.Other;
}
