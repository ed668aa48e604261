using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;

namespace Mailflow.Simulator;

/// <summary>
/// One SMTP session of a protocol log, and what a reader of one file can know about it: earlier files are not visible to it.
/// </summary>
/// <param name="id">Sixteen hexadecimal digits.</param>
sealed class SmtpConversation(SmtpDirection direction, byte[] id, byte[] connector, byte[] local, byte[] remote, SmtpOutcome outcome)
{
    int _sequence;
    int _startFile = -1;
    int _commandFile = -1;
    int _tlsFile = -1;
    SmtpStage _stage;
    TlsVersion _tls;

    public SmtpDirection Direction => direction;

    /// <summary>Writes a line and records what a reader learns from it.</summary>
    /// <returns>Rows written: those of a reply in several lines stay together.</returns>
    public int Write(LogWriter series, long at, in SmtpLine text, bool lf, SmtpCounts counts)
    {
        var line = series.Begin(at);
        var file = series.Files;
        var rows = 1;
        Row(line, at, text, text.Data);
        foreach (var more in text.More)
        {
            line.Put(lf ? "\n"u8 : "\r\n"u8);
            Row(line, at, text, more);
            rows++;
        }

        series.End();
        if (text.Event == '+')
            _startFile = file;
        if (text.Command is { } stage)
            (_stage, _commandFile) = (stage, file);
        if (text.Tls is { } tls)
            (_tls, _tlsFile) = (tls, file);
        if (text.Refusal is { } cause)
            counts.Refused(direction, _commandFile == file ? _stage : SmtpStage.Banner, cause);
        if (text.Event == '-')
            counts.Ended(direction, _startFile == file ? outcome : SmtpOutcome.UnknownStart, _tlsFile == file ? _tls : TlsVersion.None);
        return rows;
    }

    void Row(LineBuffer line, long at, in SmtpLine text, byte[] data)
    {
        line.Time(at);
        line.Put((byte)',');
        line.Put(connector);
        line.Put((byte)',');
        line.Put(id);
        line.Put((byte)',');
        line.Put(_sequence++);
        line.Put((byte)',');
        line.Put(local);
        line.Put((byte)',');
        line.Put(remote);
        line.Put((byte)',');
        line.Put(text.Event);
        line.Put((byte)',');
        var start = line.Length;
        line.Put(data);
        line.EndField(start);
        start = line.Length;
        line.Put(text.Context);
        line.EndField(start);
        line.DropLast();
    }
}

/// <summary>A line of a session with all its values.</summary>
/// <param name="Event">`+`, `-`, `&gt;`, `&lt;` or `*`.</param>
/// <param name="Command">The command, if the line is one.</param>
/// <param name="Refusal">The cause, if the line is a reply of 4xx or 5xx.</param>
/// <param name="Tls">The TLS version, if the line reports the end of the handshake.</param>
readonly record struct SmtpLine(byte Event, byte[] Data, byte[] Context, SmtpStage? Command = null, Cause? Refusal = null, TlsVersion? Tls = null)
{
    /// <summary>The other lines of a reply.</summary>
    public IReadOnlyList<byte[]> More { get; init; } = [];
}
