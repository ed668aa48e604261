namespace Mailflow.Bench.Classify;

/// <summary>A labelled status text.</summary>
/// <param name="Text">The status text.</param>
/// <param name="Cause">The cause's name.</param>
/// <param name="Others">Causes that are equally correct.</param>
/// <param name="Permanence">permanent, transient, or empty where not labelled.</param>
/// <param name="Fault">ours, theirs, sender, policy, unknown, or empty.</param>
/// <param name="Doubtful">Whether the label is marked as doubtful.</param>
/// <param name="Server">The server that wrote it, where the file says so.</param>
sealed record Labelled(string Text, string Cause, IReadOnlyList<string> Others, string Permanence, string Fault, bool Doubtful, string Server)
{
    /// <summary>Whether the text is from Exchange or Exchange Online: by the server name, or by a token that only they write.</summary>
    public bool IsOfExchange =>
        ExchangeNames.Any(n => Server.Contains(n, StringComparison.OrdinalIgnoreCase))
            || ExchangeMarks.Any(m => Text.Contains(m, StringComparison.OrdinalIgnoreCase));

    static readonly string[] ExchangeNames = ["microsoft", "exchange", "office365", "outlook"];

    static readonly string[] ExchangeMarks =
    [
        "RESOLVER.", "STOREDRV.", "SMTPSEND.", "QUEUE.", "ROUTING.", "APPROVAL.", "TRANSPORT.RULES", "{LED=", "{LRT=",
        "protection.outlook.com", "[AGT=", "prod.outlook.com", "SMTP; Client does not",
        "Access denied, sending domain", "Access denied, banned", "Client was not authenticated", "Unable to relay", "Primary target IP address responded",
    ];

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
            rows.Add(new Labelled(
                Cell(cells, "text"), cause,
                Cell(cells, "alternates").Split(['/', ',', ' '], StringSplitOptions.RemoveEmptyEntries),
                permanence, Cell(cells, "fault"), Cell(cells, "doubtful") is not ("" or "0"), Cell(cells, "mta")));
        }
        return rows;

        string Cell(string[] cells, string column) => Array.IndexOf(columns, column) is >= 0 and var i && i < cells.Length ? cells[i] : "";
    }
}
