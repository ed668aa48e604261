using System.Text;
using CsvHelper;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Formats;

/// <summary>
/// Agent logs (AgentLog*): what the transport agents against spam did with messages. A refused message never gets a row in the tracking log, so this
/// log is the only one that has it. Each row is one action; rows of actions that let the message pass are only counted as rows.
/// </summary>
public static class AgentLog
{
    public static bool Recognises(LogHeader header) =>
        (header.LogType.Equals("Agent Log", StringComparison.OrdinalIgnoreCase) || header.IndexOf("P1FromAddress") >= 0)
        && header.IndexOf("Timestamp") >= 0 && header.IndexOf("Agent") >= 0 && header.IndexOf("Action") >= 0;

    public static BlockReader Open(LogHeader header, ReaderState state) => new AgentReader(header, state).Read;
}

/// <summary>Reads the rows of one agent log.</summary>
sealed class AgentReader
{
    readonly ReaderState _state;
    readonly int _columns;
    readonly int _time;
    readonly int _agent;
    readonly int _action;
    readonly int _response;
    readonly Action<CsvReader, DateTime, Tally> _readRow;

    public AgentReader(LogHeader header, ReaderState state)
    {
        _state = state;
        _columns = header.Fields.Count;
        _time = header.IndexOf("Timestamp");
        _agent = header.IndexOf("Agent");
        _action = header.IndexOf("Action");
        _response = header.IndexOf("SmtpResponse");
        _readRow = ReadRow;
    }

    public void Read(ReadOnlyMemory<byte> block, Tally tally) => LogRows.Read(block, _columns, _time, tally, _readRow);

    void ReadRow(CsvReader row, DateTime time, Tally tally)
    {
        var agent = TransportAgents.Of(row.GetSpan(_agent));
        var action = row.GetSpan(_action);
        tally.AddRow(_state.EventOf([.. "AGENTLOG|"u8, .. action.Length <= EventNames.MaxLength ? action : default]).Index, time);
        if (!Refuses(action))
            return;
        // An agent that deletes or quarantines a message gives no reply: then the reply that it gives otherwise stands for its reason.
        var response = _response < 0 ? default : row.GetSpan(_response);
        var diagnosis = _state.Diagnoses.Get(response);
        if (diagnosis.Cause == Failures.Cause.Unknown)
            diagnosis = _state.Diagnoses.Get(TransportAgents.ReplyOf(agent));
        tally.AgentRefusals.Add((agent, diagnosis.Cause));
    }

    /// <summary>
    /// Microsoft, "Antispam agent logging", Action: RejectMessage, RejectCommand, RejectRecipients, RejectAuthentication, Disconnect, DeleteMessage,
    /// DeleteRecipients, QuarantineMessage, QuarantineRecipients.
    /// </summary>
    static bool Refuses(ReadOnlySpan<byte> action) =>
        StartsWith(action, "Reject"u8) || StartsWith(action, "Delete"u8) || StartsWith(action, "Quarantine"u8) || StartsWith(action, "Disconnect"u8);

    static bool StartsWith(ReadOnlySpan<byte> text, ReadOnlySpan<byte> start) =>
        text.Length >= start.Length && Ascii.EqualsIgnoreCase(text[..start.Length], start);
}
