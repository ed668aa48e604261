using System.Threading.Channels;
using Mailflow.Configuration;
using Mailflow.Ledger;
using Mailflow.Logging;
using Mailflow.Pipeline;
using Microsoft.Data.Sqlite;

namespace Mailflow.Enrich;

/// <summary>
/// Queries DNS about failures after their commit, and passes the answers to the committer. Runs of events are processed in parallel and passed
/// on in order, so that each event is shipped within the deadline, however slow DNS is. Answers not committed at a kill are queried again, and
/// counted once.
/// </summary>
/// <param name="newEvents">Set at each commit.</param>
sealed class Enricher(Asking asking, EnrichOptions options, Store store, DeltaPool deltas, Wakeup newEvents, TimeProvider clock, ILogger log) : IDisposable
{
    /// <summary>Events per run.</summary>
    public const int MaxEvents = 1000;

    /// <summary>Different queries per run; failures that need others are passed on without an answer.</summary>
    public const int MaxQuestions = 64;

    /// <summary>Runs processed in parallel.</summary>
    const int MaxRuns = 8;

    static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(5);

    readonly Unanswered _events = new(store);

    /// <summary>Runs until stop: queries in flight are then repeated next time.</summary>
    public async Task RunAsync(ChannelWriter<Delta> ledger, CancellationToken stop)
    {
        var runs = Channel.CreateBounded<Task<AnswerBatch>>(new BoundedChannelOptions(MaxRuns) { SingleReader = true, SingleWriter = true });
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            await Task.WhenAll(ReadAsync(runs.Writer, failed.Token), HandOnAsync(runs.Reader, ledger, failed));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    public void Dispose() => _events.Dispose();

    async Task ReadAsync(ChannelWriter<Task<AnswerBatch>> runs, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                var wake = newEvents.Next;
                if (Read() is { Count: > 0 } read)
                    await runs.WriteAsync(AnswerAsync(read, stop), stop);
                else
                    await wake.WaitAsync(PollInterval, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                stop.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            runs.Complete();
        }

        List<Unasked> Read()
        {
            try
            {
                return _events.Read(MaxEvents);
            }
            catch (SqliteException e) when (e.MayRead())
            {
                Log.UnansweredUnreadable(log, e.Message);
                return [];
            }
        }
    }

    async Task HandOnAsync(ChannelReader<Task<AnswerBatch>> runs, ChannelWriter<Delta> ledger, CancellationTokenSource failed)
    {
        try
        {
            await foreach (var run in runs.ReadAllAsync(failed.Token))
            {
                var batch = await run;
                await deltas.EnterAsync(failed.Token);
                await ledger.WriteAsync(new AnswerDelta(batch) { ReadAt = clock.GetUtcNow() }, failed.Token);
            }
        }
        catch
        {
            // Otherwise reading would wait for room for ever, and the failure would not be reported.
            await failed.CancelAsync();
            throw;
        }
    }

    async Task<AnswerBatch> AnswerAsync(List<Unasked> run, CancellationToken stop)
    {
        var oldest = clock.GetUtcNow() - options.MaxAge;
        var asked = new Dictionary<(string, string), Task<QuestionResult>>();
        var answers = new List<(Unasked Event, string Question, Task<QuestionResult> Reply)>();
        var skipped = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var failure in run)
        {
            if (asking.For(failure) is not { } question)
                continue;
            if (failure.Time < oldest || (!asked.ContainsKey(question) && asked.Count >= MaxQuestions))
            {
                skipped[question.Question] = skipped.GetValueOrDefault(question.Question) + 1;
                continue;
            }

            if (!asked.TryGetValue(question, out var reply))
                asked.Add(question, reply = asking.AskAsync(question.Question, question.About, stop));
            answers.Add((failure, question.Question, reply));
        }

        await Task.WhenAll(asked.Values);
        var given = new List<EventAnswer>(answers.Count);
        foreach (var (failure, question, reply) in answers)
        {
            var (verdict, evidence, facts) = await reply;
            given.Add(new(failure.Id, question, verdict, evidence, facts));
        }

        return new(run[^1].Id, given, skipped);
    }
}
