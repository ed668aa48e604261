using Mailflow.Analysis.Tracing;
using Mailflow.Ledger;

namespace Mailflow.Trace;

/// <summary>Searches the logs that a store knows: those of a running or a stopped program.</summary>
/// <param name="path">The store.</param>
sealed class StoreTrace(string path)
{
    /// <summary>The newest messages that match, with all their rows.</summary>
    /// <param name="limit">The most messages.</param>
    /// <param name="deadline">The longest time; what was not searched by then is in <see cref="TraceResult.Incomplete"/>.</param>
    public async Task<TraceResult> FindAsync(
        TraceQuery query, int limit, TimeSpan deadline, IProgress<(long Done, long Total)>? progress, CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        ended.CancelAfter(deadline);
        return await new TraceSearch(Environment.ProcessorCount).FindAsync(Files(), query, limit, progress, ended.Token);
    }

    List<TraceFile> Files()
    {
        var files = new List<TraceFile>();
        using (var connection = Store.OpenReader(path))
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "SELECT root, name, server FROM files WHERE records IS NULL AND gone IS NULL";
            using var rows = command.ExecuteReader();
            while (rows.Read())
            {
                var file = new FileInfo(Path.Combine(rows.GetString(0), rows.GetString(1)));
                if (file.Exists)
                    files.Add(new(file.FullName, file.Length, rows.IsDBNull(2) ? null : rows.GetString(2)));
            }
        }

        return files;
    }
}
