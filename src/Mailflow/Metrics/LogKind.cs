namespace Mailflow.Metrics;

/// <summary>
/// The kinds of logs of a server. Each kind has its own series, which begin at 0 when the first log of the kind is read. The names are stored: never
/// rename them.
/// </summary>
enum LogKind
{
    /// <summary>Message tracking logs. The series of a configured server begin at the start.</summary>
    Mail,

    /// <summary>Connectivity logs.</summary>
    Connections,

    /// <summary>SMTP protocol logs of sending.</summary>
    Sends,

    /// <summary>SMTP protocol logs of receiving.</summary>
    Receives,

    /// <summary>Windows events.</summary>
    Events,

    /// <summary>Agent logs.</summary>
    Agents,
}
