namespace Mailflow.Pipeline;

/// <summary>
/// What is committed together or not at all, on its way to the ledger. The cases are closed: rows of a log (<see cref="RowDelta"/>), a part of
/// an export (<see cref="ExportDelta"/>), answers to events (<see cref="AnswerDelta"/>), parts of the index (<see cref="IndexDelta"/>), or incidents
/// (<see cref="IncidentDelta"/>).
/// </summary>
abstract class Delta
{
    private protected Delta()
    {
    }

    /// <summary>When it was read: for the lag.</summary>
    public required DateTimeOffset ReadAt { get; init; }

    /// <summary>Estimated bytes of memory that it holds, as the pool measured them; 0 where the pool did not.</summary>
    public long Bytes { get; set; }

    /// <summary>How many units of the pool's bytes it takes.</summary>
    public int Admitted { get; set; }
}
