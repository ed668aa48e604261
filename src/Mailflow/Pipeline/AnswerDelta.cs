namespace Mailflow.Pipeline;

/// <summary>Answers to a run of committed events. The number of runs bounds their memory, so the pool does not measure them.</summary>
sealed class AnswerDelta(AnswerBatch batch) : Delta
{
    public AnswerBatch Batch { get; } = batch;
}
