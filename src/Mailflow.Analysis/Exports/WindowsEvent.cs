namespace Mailflow.Analysis.Exports;

/// <summary>One Windows event, from any export format.</summary>
/// <param name="Qualifiers">The upper half of the full code: severity and facility. 0 where the export has none.</param>
/// <param name="Level">1 critical, 2 error, 3 warning, 4 information, 5 verbose; 0 where the export has none.</param>
/// <param name="TimeUtc">The minimum where the export has none.</param>
/// <param name="Strings">The insertion strings, in order; empty where the export has only the rendered message.</param>
/// <param name="Message">The rendered message, in the language of the server; null where the export has none.</param>
public sealed record WindowsEvent(
    string Provider,
    int Id,
    int Qualifiers,
    int Level,
    DateTime TimeUtc,
    long RecordId,
    string Computer,
    string Channel,
    IReadOnlyList<string> Strings,
    string? Message);
