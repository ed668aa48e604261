namespace Mailflow.Bench.Classify;

/// <summary>A status text and what it means.</summary>
/// <param name="Text">The status text.</param>
/// <param name="Cause">The cause's name.</param>
/// <param name="Others">Causes that are as right.</param>
/// <param name="Permanence">permanent, transient, or empty where nobody said.</param>
/// <param name="Fault">ours, theirs, sender, policy, unknown, or empty.</param>
sealed record Labelled(string Text, string Cause, IReadOnlyList<string> Others, string Permanence, string Fault)
{
    /// <summary>Reads a tab-separated file whose first line names its columns: <c>text</c> and <c>cause</c> or <c>category</c>, others where present.</summary>
    public static IReadOnlyList<Labelled> Read(string file)
    {
        var lines = File.ReadAllLines(file);
        var columns = lines[0].Split('\t');
        var rows = new List<Labelled>();
        foreach (var line in lines.Skip(1).Where(l => l.Length > 0))
        {
            var cells = line.Split('\t');
            var cause = Cell(cells, "cause") is { Length: > 0 } named ? named : Cell(cells, "category");
            var permanence = Cell(cells, "permanence") switch { "P" => "permanent", "T" => "transient", var other => other };
            rows.Add(new Labelled(Cell(cells, "text"), cause, Cell(cells, "alternates").Split(['/', ',', ' '], StringSplitOptions.RemoveEmptyEntries), permanence, Cell(cells, "fault")));
        }
        return rows;

        string Cell(string[] cells, string column) => Array.IndexOf(columns, column) is >= 0 and var i && i < cells.Length ? cells[i] : "";
    }
}
