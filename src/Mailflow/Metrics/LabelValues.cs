namespace Mailflow.Metrics;

/// <summary>The label value of a server: see <see cref="ServerNames"/>.</summary>
readonly record struct ServerName(string Value);

/// <summary>A connector.</summary>
readonly record struct ConnectorName(string Value);

/// <summary>A next hop: a domain, a smart host, a mailbox database.</summary>
readonly record struct DestinationName(string Value);

/// <summary>The transport component that wrote a row of the tracking log.</summary>
readonly record struct SourceName(string Value);

/// <summary>The event id of a row of the tracking log.</summary>
readonly record struct EventName(string Value);

/// <summary>A registered enhanced status code, such as 5.1.1.</summary>
readonly record struct EnhancedCode(string Value);

/// <summary>The provider of a Windows event.</summary>
readonly record struct ProviderName(string Value);

/// <summary>The id of a Windows event, or `other`.</summary>
readonly record struct WindowsEventId(string Value);

/// <summary>A DNS or blocklist question about a failure: see <see cref="Pipeline.Questions"/>.</summary>
readonly record struct QuestionName(string Value);

/// <summary>The result of a question.</summary>
readonly record struct AnswerName(string Value);

/// <summary>An index into the counts of one histogram: a bucket, or the sum after the last bucket (<see cref="Analysis.Messages.TimeCounts"/>).</summary>
readonly record struct TimeSlot(int Index);
