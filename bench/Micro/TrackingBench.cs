using BenchmarkDotNet.Attributes;
using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Messages;

namespace Mailflow.Bench;

/// <summary>Reads one block of a simulated log repeatedly: parses and counts, with and without failure rows.</summary>
[MemoryDiagnoser]
public class TrackingBench
{
    readonly Tally _tally = new();
    BlockReader _read = null!;
    byte[] _block = [];

    /// <summary>Whether FAIL and DEFER rows are left out; the other rows must not allocate.</summary>
    [Params(true, false)]
    public bool OnlyCounting { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var folder = Directory.CreateTempSubdirectory("mailflow-bench-").FullName;
        using (var simulation = new Simulator.Simulation(new Simulator.SimulationOptions { Folder = folder, SizeBytes = 2_000_000 }, TimeProvider.System))
            simulation.RunAsync(null, CancellationToken.None).GetAwaiter().GetResult();
        var text = File.ReadAllText(Directory.GetFiles(folder, "MSGTRK2*.LOG")[0]);
        Directory.Delete(folder, recursive: true);
        var lines = text.Split("\r\n").Where(l => l.Length > 0 && l[0] is not ('#' or '\uFEFF'));
        if (OnlyCounting)
            lines = lines.Where(l => !l.Contains(",FAIL,", StringComparison.Ordinal) && !l.Contains(",DEFER,", StringComparison.Ordinal));
        var header = text[..text.IndexOf("\r\n2", StringComparison.Ordinal)] + "\r\n";
        if (!LogHeader.TryParse(System.Text.Encoding.UTF8.GetBytes(header), out var parsed))
            throw new InvalidOperationException("The simulator's header is none.");
        _read = TrackingLog.Open(parsed, new ReaderState(new EventNames()));
        var block = new System.Text.StringBuilder();
        foreach (var line in lines.TakeWhile(_ => block.Length < 256 * 1024))
        {
            block.Append(line).Append("\r\n");
            Rows++;
        }

        _block = System.Text.Encoding.UTF8.GetBytes(block.ToString());
        Console.WriteLine($"// {Rows} rows, {_block.Length} bytes");
    }

    int Rows { get; set; }

    /// <summary>Time and allocation of a whole block; divide by its number of rows.</summary>
    [Benchmark]
    public long Block()
    {
        _tally.Clear();
        _read(_block, _tally);
        return _tally.Rows[1];
    }
}
