using System.Globalization;
using System.Text;
using CsvHelper;
using Mailflow.Printing;
using Mailflow.Privacy;

namespace Mailflow.Web;

/// <summary>A value of a list.</summary>
/// <param name="Text">What is shown, and what a download has.</param>
/// <param name="Link">Where it leads; null: nowhere.</param>
/// <param name="Before">Markup before the text: a dot, a chip. A download does not have it.</param>
/// <param name="Time">Where the value is a time: shown in the reader's zone; a download has it in UTC.</param>
readonly record struct ListCell(Masked Text, string? Link = null, Raw Before = default, DateTimeOffset? Time = null)
{
    public static implicit operator ListCell(Masked text) => new(text);

    public static ListCell At(DateTimeOffset? time) => new(default, Time: time);

    public static ListCell Of(long number, string? link = null) => new($"{number}", link);

    /// <summary>Words of ours.</summary>
    public static ListCell Says(string words) => new(Masking.Default.Text(words));
}

/// <param name="Kind">Classes of its cells: <c>n</c> for a number, <c>status</c> for a reply, <c>time</c>.</param>
sealed record Column(string Name, string Kind = "");

/// <summary>A list as it is shown and downloaded: one table of columns and rows for the page, for CSV and for JSON.</summary>
/// <param name="Name">Its name in the address of a download.</param>
sealed record Listing(string Name, string Title, IReadOnlyList<Column> Columns, IReadOnlyList<IReadOnlyList<ListCell>> Rows)
{
    /// <summary>Its parameters in the address of a download.</summary>
    public const string ListName = "list";

    /// <inheritdoc cref="ListName"/>
    public const string FormatName = "format";

    /// <summary>The table. The first column is the heading of its row.</summary>
    /// <param name="labelledBy">The id of its heading.</param>
    public void Add(Html html, View view, DateTimeOffset now, string labelledBy)
    {
        html.Add($"<table class=stack aria-labelledby={labelledBy}>\n<thead><tr>");
        foreach (var column in Columns)
            html.Add($"<th scope=col class=\"{column.Kind}\">{column.Name}");
        html.Add($"</thead>\n<tbody>\n");
        foreach (var row in Rows)
        {
            html.Add($"<tr>");
            foreach (var (i, cell) in row.Index())
            {
                if (i == 0)
                    html.Add($"<th scope=row");
                else
                    html.Add($"<td");
                html.Add($" class=\"{Columns[i].Kind}\" data-label=\"{Columns[i].Name}\">");
                Add(html, cell, Columns[i], view, now);
            }

            html.Add($"\n");
        }

        html.Add($"</tbody></table>\n");
    }

    static void Add(Html html, ListCell cell, Column column, View view, DateTimeOffset now)
    {
        html.Add($"{cell.Before}");
        if (cell.Link is not null)
            html.Add($"<a {(column.Kind == "n" ? "class=count-link " : "")}href={Raw.Link(cell.Link)}>");
        if (cell.Time is { } time)
            html.Add($"{Raw.Time(time, view.Clock(time, now))}");
        else if (column.Kind == "n" && long.TryParse(cell.Text.ToString(), CultureInfo.InvariantCulture, out var number))
            html.Add($"{number}");
        else if (column.Kind == "status")
            html.Add($"<code>{cell.Text}</code>");
        else
            html.Add($"<bdi>{cell.Text}</bdi>");
        if (cell.Link is not null)
            html.Add($"</a>");
    }

    /// <summary>Links to the downloads.</summary>
    /// <param name="here">Path and query of the page.</param>
    public void Links(Html html, string here)
    {
        var with = here + (here.Contains('?', StringComparison.Ordinal) ? '&' : '?') + $"{ListName}={Name}&{FormatName}=";
        html.Add($"<p class=download>Download {Title.ToLowerInvariant()}: <a href={Raw.Link(with + "csv")} download>CSV</a> ");
        html.Add($"<a href={Raw.Link(with + "json")} download>JSON</a></p>\n");
    }

    /// <summary>A section of a page: the list, and the links to its downloads.</summary>
    public void Section(Html html, View view, DateTimeOffset now)
    {
        html.Add($"<section class=card aria-labelledby={Name}>\n<h2 id={Name}>{Title}</h2>\n");
        Add(html, view, now, Name);
        Links(html, view.Here);
        html.Add($"</section>\n");
    }

    /// <summary>RFC 4180. A value that a spreadsheet would take for a formula begins with an apostrophe.</summary>
    public byte[] Csv()
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using (var csv = CsvWriter.Create(text, new CsvWriterOptions { Injection = CsvInjection.Escape }, leaveOpen: true))
        {
            csv.WriteRecord([.. Columns.Select(Key)]);
            foreach (var row in Rows)
                csv.WriteRecord([.. row.Select(c => Plain(c).ToString())]);
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>One object with an array of objects; the keys are the names of the columns in snake case.</summary>
    public byte[] Json(Masking masking)
    {
        using var output = new MemoryStream();
        using (var json = new MaskedJson(output, masking))
        {
            json.WriteStartObject();
            json.WriteStartArray("rows");
            foreach (var row in Rows)
            {
                json.WriteStartObject();
                foreach (var (i, cell) in row.Index())
                    json.WriteString(Masking.Default.Text(Key(Columns[i])), Plain(cell));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.Flush();
        }

        output.WriteByte((byte)'\n');
        return output.ToArray();
    }

    static string Key(Column column) => column.Name.ToLowerInvariant().Replace(' ', '_');

    static Masked Plain(ListCell cell) => cell.Time is { } time ? $"{time.ToUniversalTime():yyyy-MM-ddTHH:mm:ssZ}" : cell.Text;
}
