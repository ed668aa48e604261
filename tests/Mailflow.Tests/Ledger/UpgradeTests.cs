using System.Runtime.Versioning;
using Mailflow.Ledger;
using Mailflow.Metrics;
using Mailflow.Tests.Ship;
using Microsoft.Data.Sqlite;

namespace Mailflow.Tests.Ledger;

/// <summary>
/// A store that the program of commit c3a1cb4 wrote, from simulated logs of all kinds, and what its /metrics showed at that moment: the series that are
/// not 0 of all counters. Its store has no delivery times: it counted those from the start of the process.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class UpgradeTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-c3a1cb4-").FullName;

    public UpgradeTests() => File.Copy(Repository.PathOf("tests/Mailflow.Tests/Samples/store-c3a1cb4.db"), Db);

    string Db => Path.Combine(_folder, "mailflow.db");

    static string[] Shown => File.ReadAllLines(Repository.PathOf("tests/Mailflow.Tests/Samples/store-c3a1cb4.metrics"));

    [Fact]
    public async Task All_counters_are_as_they_were_and_counting_goes_on()
    {
        using var bed = new LedgerBed(_folder);
        Assert.Equal(Schema.Version, bed.Scalar("SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'version'"));
        Assert.Equal(Shown.Order(StringComparer.Ordinal), Series(bed.Committer.Current.Cells));
        Assert.Equal(10, bed.Store.LoadFiles().Count);
        var (rows, failures, bytes) = (bed.Sum(Counters.Rows), bed.Sum(Counters.Failures), bed.Sum(Counters.ReadBytes));
        await bed.CommitAsync(await bed.DeltaAsync(file: 100, end: 100, rows: 3, failures: 2, server: "EX01"));
        Assert.Equal((rows + 3, failures + 2, bytes + 100), (bed.Sum(Counters.Rows), bed.Sum(Counters.Failures), bed.Sum(Counters.ReadBytes)));
        var state = bed.State();
        bed.Restart();
        Assert.Equal(state, bed.State());
        Assert.Equal(rows + 3, bed.Sum(Counters.Rows));
    }

    [Fact]
    public void Killed_at_any_page_of_the_steps_it_is_brought_up_to_date_at_the_next_start()
    {
        var db = File.ReadAllBytes(Db);
        // While the store is open, all that the steps wrote is in the -wal file: a copy of it that is cut anywhere is a process that was killed there.
        byte[] wal;
        using (new Store(Db))
            wal = ReadShared(Db + "-wal");

        const int Frame = 24 + 4096;
        Assert.True(wal.Length > 5 * Frame);
        for (var cut = 32L; cut <= wal.Length; cut += Frame)
        {
            var folder = Directory.CreateTempSubdirectory("mailflow-cut-").FullName;
            File.WriteAllBytes(Path.Combine(folder, "mailflow.db"), db);
            File.WriteAllBytes(Path.Combine(folder, "mailflow.db-wal"), wal.AsSpan(0, (int)Math.Min(wal.Length, cut + 100)));
            using (var bed = new LedgerBed(folder))
                Assert.Equal(Shown.Order(StringComparer.Ordinal), Series(bed.Committer.Current.Cells));
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Stopped_after_any_statement_of_a_step_it_is_rolled_back_and_done_again()
    {
        var db = File.ReadAllBytes(Db);
        for (var version = 3; version < Schema.Version; version++)
        {
            var statements = Statements(Schema.Steps[version - 1]);
            Assert.NotEmpty(statements);
            for (var stop = 0; stop <= statements.Count; stop++)
            {
                var folder = Directory.CreateTempSubdirectory("mailflow-stop-").FullName;
                var path = Path.Combine(folder, "mailflow.db");
                File.WriteAllBytes(path, db);
                using (var connection = new SqliteConnection($"Data Source={path};Pooling=False"))
                {
                    connection.Open();
                    for (var before = 3; before < version; before++)
                        Run(connection, $"BEGIN; {Schema.Steps[before - 1]} UPDATE meta SET value = '{before + 1}' WHERE key = 'version'; COMMIT");
                    // The connection closes without a commit, as that of a process that dies.
                    Run(connection, "BEGIN");
                    foreach (var statement in statements.Take(stop))
                        Run(connection, statement);
                }

                using (var bed = new LedgerBed(folder))
                    Assert.Equal(Shown.Order(StringComparer.Ordinal), Series(bed.Committer.Current.Cells));
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    [Fact]
    public async Task Counters_and_labels_that_this_version_does_not_know_stay_in_the_store_and_are_not_shown()
    {
        (string Counter, string A, string B, string C)[] unknown =
        [
            ("Bounces", "soft", "EX01", ""),
            ("Deferrals", "solar-flare", "EX01", ""),
            ("SmtpSessions", "receive", "accepted", "2.0"),
            ("ReadBytes", "EX01", "more", ""),
            ("DeliveryLatency", "delivered", "123", ""),
        ];
        using (var bed = new LedgerBed(_folder))
        using (var connection = bed.Store.OpenWriter())
            foreach (var (counter, a, b, c) in unknown)
                Run(connection, $"INSERT INTO cells VALUES ('{counter}', '{a}', '{b}', '{c}', '', 41)");

        for (var start = 0; start < 2; start++)
        {
            using var log = new TestLog();
            using var bed = new LedgerBed(_folder, log: log);
            Assert.Contains($"{unknown.Length} rows", Assert.Single(log.Lines, l => l.Id == 15).Text, StringComparison.Ordinal);
            if (start == 0)
                Assert.Equal(Shown.Order(StringComparer.Ordinal), Series(bed.Committer.Current.Cells));
            await bed.CommitAsync(await bed.DeltaAsync(file: 100 + start, failures: 1, server: "EX01"));
            foreach (var (counter, a, b, c) in unknown)
                Assert.Equal(41, bed.Scalar($"SELECT value FROM cells WHERE counter = '{counter}' AND a = '{a}' AND b = '{b}' AND c = '{c}'"));
            Assert.DoesNotContain(bed.Series(), s => s.Contains("solar-flare", StringComparison.Ordinal));
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>What is not 0, as /metrics shows it.</summary>
    static List<string> Series(Cells cells)
    {
        var lines = new List<string>();
        foreach (var family in cells.Families.Where(f => f.Counter.Name.Length > 0))
            for (var i = 0; i < family.Count; i++)
                if (family.Values[i] != 0)
                    lines.Add($"{family.Counter.Name}{{{Labels(family, i)}}} {family.Values[i]}");
        return [.. lines.Order(StringComparer.Ordinal)];
    }

    static string Labels(FamilyCells family, int series) =>
        string.Join(',', family.Counter.Labels.Select((l, i) => (l.Name, Text: family.Text(series, i))).OrderBy(l => l.Name, StringComparer.Ordinal)
            .Select(l => $"{l.Name}=\"{l.Text.Replace("\\", "\\\\", StringComparison.Ordinal)}\""));

    /// <summary>The statements of a step: a trigger is one.</summary>
    static List<string> Statements(string step)
    {
        var (statements, statement) = (new List<string>(), "");
        foreach (var line in step.Split('\n'))
        {
            statement += line + "\n";
            if (SQLitePCL.raw.sqlite3_complete(statement) == 0)
                continue;
            statements.Add(statement);
            statement = "";
        }

        return statements;
    }

    static void Run(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
