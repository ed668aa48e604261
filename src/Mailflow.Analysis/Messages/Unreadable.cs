namespace Mailflow.Analysis.Messages;

/// <summary>Why a line or a file could not be read.</summary>
public enum Unreadable
{
    /// <summary>The row has fewer columns than the header names.</summary>
    TooFewColumns,

    /// <summary>The row has more columns than the header names.</summary>
    TooManyColumns,

    /// <summary>The row has fewer columns because a quote was never closed.</summary>
    UnclosedQuote,

    /// <summary>The first column is not a date and time.</summary>
    BadDate,

    /// <summary>The row lists more recipients than any message can have (<see cref="Formats.TrackingLog.MaxRecipients"/>).</summary>
    TooManyRecipients,

    /// <summary>The line contains NUL bytes, for example after a power loss.</summary>
    NulBytes,

    /// <summary>The line is longer than the limit.</summary>
    LineTooLong,
}
