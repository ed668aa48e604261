using System.Threading.Channels;
using Mailflow.Analysis.Failures.Own;
using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.TrackingExports;
using Mailflow.Ledger;
using Mailflow.Pipeline;

namespace Mailflow.Read;

/// <summary>
/// Reads exports one after the other into deltas. Each root has its own worker, so that neither a large export nor a hanging share delays logs
/// or other roots.
/// </summary>
/// <param name="details">Whether failures have their details; see <see cref="ReaderState"/>.</param>
/// <param name="seen">Rows of message tracking that were counted before; null: a scan, whose caller decides.</param>
/// <param name="zone">The zone of times without one in exports of message tracking.</param>
/// <param name="archives">Reads archives; null where there are none, as in a scan, which opens them itself.</param>
sealed class ExportWorker(
    EventNames names, FolderServers servers, DeltaPool deltas, TimeProvider clock, RulesInForce rules, bool details = true, TimeZoneInfo? zone = null,
    SeenRows? seen = null, ArchiveReading? archives = null)
{
    readonly ReaderState _state = new(names, details, rules);
    readonly TrackingLines _lines = new();

    /// <summary>Reads until the tailer has ended.</summary>
    public async Task RunAsync(ChannelReader<ExportBlock> exports, ChannelWriter<Delta> ledger, CancellationToken abort)
    {
        await foreach (var export in exports.ReadAllAsync(abort))
            await ReadAsync(export, ledger, abort);
    }

    /// <summary>Reads one export to its end, part by part.</summary>
    /// <param name="choice">Which rows of message tracking are counted; null: all.</param>
    /// <returns>Why none of its rows of message tracking can be read; otherwise null.</returns>
    public async Task<string?> ReadAsync(ExportBlock block, ChannelWriter<Delta> ledger, CancellationToken abort, IRowChoice? choice = null)
    {
        if (block.File.Format.HasRows)
            return await ReadRowsAsync(block, ledger, choice ?? seen?.Of(block.File), abort);
        if (archives is not null && block.File.Format == LogFormat.Archive)
        {
            await archives.ReadAsync(block, ledger, abort);
            return null;
        }

        using var export = new ExportReader(block, servers.Of(block.File), clock, rules.Current);
        while (export.HasMore)
        {
            await deltas.EnterAsync(abort);
            var delta = export.Read();
            await deltas.AdmitAsync(delta, abort);
            await ledger.WriteAsync(delta, abort);
        }

        return null;
    }

    async Task<string?> ReadRowsAsync(ExportBlock block, ChannelWriter<Delta> ledger, IRowChoice? choice, CancellationToken abort)
    {
        using var export = new ExportedRowsReader(block, servers.Of(block.File), clock, _state, _lines, zone, choice);
        while (export.HasMore)
        {
            var delta = export.Read(await deltas.RentAsync(abort));
            await deltas.AdmitAsync(delta, abort);
            await ledger.WriteAsync(delta, abort);
        }

        return export.Unreadable;
    }
}
