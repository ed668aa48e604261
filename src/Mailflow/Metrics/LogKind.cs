namespace Mailflow.Metrics;

/// <summary>What a server can show. Each kind has series of its own, which begin at 0 when the server shows the first of it. The names are stored: never rename them.</summary>
enum LogKind
{
    /// <summary>Message tracking logs. A configured server has them from the start.</summary>
    Mail,

    /// <summary>Connectivity logs.</summary>
    Connections,

    /// <summary>Protocol logs of sending.</summary>
    Sends,

    /// <summary>Protocol logs of receiving.</summary>
    Receives,

    /// <summary>Windows events.</summary>
    Events,
}
