using Mailflow.Tests;

namespace Mailflow.Analysis.Tests.Advising;

/// <summary>A cmdlet that commands may use: a row of cmdlets.tsv.</summary>
sealed record Cmdlet(string Name, string[] Shells, string[] Parameters, string Page)
{
    public static Dictionary<string, Cmdlet> All { get; } = File.ReadLines(Repository.PathOf("tests/Mailflow.Analysis.Tests/Advising/cmdlets.tsv"))
        .Where(l => l.Length > 0 && !l.StartsWith('#'))
        .Select(l => l.Split('\t'))
        .ToDictionary(c => c[0], c => new Cmdlet(c[0], c[1].Split(' '), c[2].Split(' '), c[3]), StringComparer.Ordinal);
}
