using System.Text;
using Mailflow.Analysis.Tracing;
using Mailflow.Simulator;
using Mailflow.Trace;

namespace Mailflow.Tests.Trace;

/// <summary>Searches for random messages and addresses of simulated logs, compared with a reader of its own that splits each line.</summary>
public sealed class TraceExactTests : IDisposable
{
    readonly TraceBed _bed = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _bed.Dispose();

    sealed record Line(string File, long Offset, string MessageId, string NetworkId, IReadOnlyList<string> Addresses);

    [Fact]
    public async Task Two_hundred_messages_and_addresses_have_exactly_the_rows_of_a_full_parse()
    {
        for (var server = 1; server <= 3; server++)
        {
            var (name, folder) = ($"EX0{server}", Path.Combine(_bed.Logs, $"EX0{server}"));
            using var simulation = new Simulation(
                new() { Folder = folder, SizeBytes = 2_000_000, FileBytes = 500_000, Seed = server, Server = name }, TimeProvider.System);
            await simulation.RunAsync(null, Cancel);
        }

        var lines = Directory.EnumerateFiles(_bed.Logs, "*.LOG", SearchOption.AllDirectories).SelectMany(Lines).ToList();
        await _bed.ReadAsync(lines.Count);
        var random = new Random(14);
        for (var i = 0; i < 200; i++)
        {
            var line = lines[random.Next(lines.Count)];
            var address = line.Addresses.Count == 0 ? null : line.Addresses[random.Next(line.Addresses.Count)];
            var query = (i % 3) switch
            {
                0 when line.MessageId.Length > 0 => new TraceQuery { MessageId = line.MessageId },
                1 when line.NetworkId.Length > 0 => new() { NetworkMessageId = line.NetworkId.ToUpperInvariant() },
                _ => new() { Address = address ?? "nobody@nowhere.example" },
            };
            var found = lines.Where(l => query.MessageId is { } id ? Same(l.MessageId, id)
                : query.NetworkMessageId is { } network ? Same(l.NetworkId, network)
                : l.Addresses.Any(a => Same(a, query.Address!))).ToList();
            var networks = found.Select(l => l.NetworkId).ToHashSet(StringComparer.OrdinalIgnoreCase);
            var expected = lines.Where(l => networks.Contains(l.NetworkId)).Select(l => (l.File, l.Offset)).Order().ToList();
            Check(query, expected, await _bed.FindAsync(query, 10_000));
            Check(query, expected, await _bed.FindInStoreAsync(query, 10_000));
        }
    }

    static void Check(TraceQuery query, List<(string, long)> expected, TraceResult result)
    {
        Assert.Empty(result.Incomplete);
        Assert.False(result.More);
        Assert.True(
            expected.SequenceEqual(result.Journeys.SelectMany(j => j.Rows).Select(r => (r.File, r.Offset)).Order()),
            $"{query}: {expected.Count} rows expected, {result.Journeys.Sum(j => j.Rows.Count)} found");
    }

    static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);

    static IEnumerable<Line> Lines(string file)
    {
        var bytes = File.ReadAllBytes(file);
        List<string> names = [];
        for (int at = 0, end; at < bytes.Length; at = end)
        {
            end = Array.IndexOf(bytes, (byte)'\n', at) + 1;
            var text = Encoding.UTF8.GetString(bytes, at, end - at).TrimEnd('\r', '\n').TrimStart('\uFEFF');
            if (text.StartsWith("#Fields: ", StringComparison.Ordinal))
                names = [.. text[9..].Split(',')];
            if (text[0] == '#')
                continue;
            var cells = Split(text);
            string Cell(string name) => cells[names.IndexOf(name)];
            yield return new(
                file, at, Cell("message-id"), Cell("network-message-id"),
                [.. Cell("recipient-address").Split(';').Append(Cell("related-recipient-address")).Append(Cell("sender-address")).Append(Cell("return-path"))
                    .Select(a => (a.Length > 1 && a[0] == '\'' ? a[1..^1] : a).Replace("''", "'", StringComparison.Ordinal)).Where(a => a.Length > 0)]);
        }
    }

    static List<string> Split(string line)
    {
        var (cells, cell, quoted) = (new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < line.Length; i++)
            if (line[i] == '"' && quoted && i + 1 < line.Length && line[i + 1] == '"')
                cell.Append(line[i++]);
            else if (line[i] == '"')
                quoted = !quoted;
            else if (line[i] == ',' && !quoted)
                cell = Next(cells, cell);
            else
                cell.Append(line[i]);
        Next(cells, cell);
        return cells;
    }

    static StringBuilder Next(List<string> cells, StringBuilder cell)
    {
        cells.Add(cell.ToString());
        return new();
    }
}
