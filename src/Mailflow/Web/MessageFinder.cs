using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Mailflow.Analysis.Tracing;
using Mailflow.Configuration;
using Mailflow.Exposition;
using Mailflow.Ledger;
using Mailflow.Logging;
using Mailflow.Privacy;
using Mailflow.Trace;
using Microsoft.Data.Sqlite;

namespace Mailflow.Web;

/// <summary>Runs the searches of the page and of the API: a few at the same time, each with a deadline. Each is counted and logged.</summary>
sealed class MessageFinder(MailflowOptions options, Store store, Masking masking, TimeProvider clock, SearchCounts counts, ILogger log) : IDisposable
{
    /// <summary>Searches that run at the same time. A search may read at the speed of the disk.</summary>
    public const int MostAtOnce = 4;

    /// <summary>The seconds after which a client that was refused may try again.</summary>
    public const int RetryAfter = 5;

    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    readonly SemaphoreSlim _free = new(MostAtOnce, MostAtOnce);
    readonly StoreTrace _trace = new(store.Path);

    /// <summary>How addresses that were not asked for are shown.</summary>
    public Masking Masking { get; } =
        options.ShowAddresses ? Masking.Plain : options.Addresses == AddressPrivacy.Plain ? Masking.Default : masking;

    public TimeProvider Clock => clock;

    /// <summary>The messages that match; null where too many searches run.</summary>
    public Task<TraceResult?> TraceAsync(HttpContext http, string kind, string asked, TraceQuery query, int limit, RowPlace? after = null) => RunAsync(
        http, kind, asked,
        async late =>
        {
            try
            {
                // It ends by itself before it is cancelled, with what it has found and what is missing.
                return await _trace.FindAsync(query, limit, Deadline - TimeSpan.FromSeconds(1), null, late, after);
            }
            catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
            {
                return new([], false, new(0, 0, 0, 0, 0, Deadline), [$"The search was ended after {Deadline.TotalSeconds} s. Narrow it, for example by time."]);
            }
        },
        found => (found.Journeys.Count, found.Incomplete.Count == 0));

    /// <summary>The stored failures that match; null where too many searches run.</summary>
    /// <param name="read">Reads them; ends early when its token is cancelled.</param>
    public Task<FoundFailures?> FailuresAsync(HttpContext http, string kind, string asked, Func<Store, CancellationToken, FoundFailures> read) => RunAsync(
        http, kind, asked, late => Task.FromResult(read(store, late)), found => (found.Count, found.BackTo is null));

    /// <summary>Counts and logs a search that was not understood.</summary>
    public void Refuse(HttpContext http, string kind, string asked) => Note(http, kind, asked, "refused", 0, TimeSpan.Zero);

    public void Dispose() => _free.Dispose();

    async Task<T?> RunAsync<T>(
        HttpContext http, string kind, string asked, Func<CancellationToken, Task<T>> find, Func<T, (long Found, bool IsComplete)> outcome)
        where T : class
    {
        if (!await _free.WaitAsync(TimeSpan.Zero, http.RequestAborted))
        {
            Note(http, kind, asked, "busy", 0, TimeSpan.Zero);
            return null;
        }

        var began = clock.GetTimestamp();
        try
        {
            using var late = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
            late.CancelAfter(Deadline);
            var result = await Task.Run(() => find(late.Token), http.RequestAborted);
            var (found, isComplete) = outcome(result);
            Note(http, kind, asked, !isComplete ? "incomplete" : found > 0 ? "found" : "nothing", found, clock.GetElapsedTime(began));
            return result;
        }
        catch (Exception e) when (e is SqliteException or StoreException)
        {
            Note(http, kind, asked, "failed", 0, clock.GetElapsedTime(began));
            throw;
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>The log masks what was typed like all of its texts, unless Privacy:Addresses is plain.</summary>
    [SuppressMessage("Performance", "CA1873:Avoid potentially expensive logging", Justification = "One line for each search.")]
    void Note(HttpContext http, string kind, string asked, string result, long found, TimeSpan took)
    {
        counts.Add(kind, result);
        var plain = options.Addresses == AddressPrivacy.Plain ? Masking.Plain : Masking.Default;
        Log.Searched(
            log, http.Connection.RemoteIpAddress?.ToString() ?? "-", kind, plain.Text(asked).ToString(), result, found,
            took.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture));
    }
}
