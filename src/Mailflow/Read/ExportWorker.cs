using System.Threading.Channels;
using Mailflow.Analysis.Failures.Own;
using Mailflow.Analysis.Formats;
using Mailflow.Pipeline;

namespace Mailflow.Read;

/// <summary>
/// Reads exports one after the other into deltas. Each root has its own worker, so that neither a large export nor a hanging share delays logs
/// or other roots.
/// </summary>
/// <param name="archives">Reads archives; null where there are none, as in a scan, which opens them itself.</param>
sealed class ExportWorker(FolderServers servers, DeltaPool deltas, TimeProvider clock, RulesInForce rules, ArchiveReading? archives = null)
{
    /// <summary>Reads until the tailer has ended.</summary>
    public async Task RunAsync(ChannelReader<ExportBlock> exports, ChannelWriter<Delta> ledger, CancellationToken abort)
    {
        await foreach (var export in exports.ReadAllAsync(abort))
            await ReadAsync(export, ledger, abort);
    }

    /// <summary>Reads one export to its end, part by part.</summary>
    public async Task ReadAsync(ExportBlock block, ChannelWriter<Delta> ledger, CancellationToken abort)
    {
        if (archives is not null && block.File.Format == LogFormat.Archive)
        {
            await archives.ReadAsync(block, ledger, abort);
            return;
        }

        using var export = new ExportReader(block, servers.Of(block.File), clock, rules.Current);
        while (export.HasMore)
        {
            await deltas.EnterAsync(abort);
            var delta = export.Read();
            await deltas.AdmitAsync(delta, abort);
            await ledger.WriteAsync(delta, abort);
        }
    }
}
