using System.Text;

namespace Mailflow.Web;

/// <summary>The address of a list of messages: all of its state, so that it can be kept as a bookmark.</summary>
/// <param name="Values">Names and values of the query, not encoded.</param>
sealed record SearchUrl(IReadOnlyList<(string Name, string Value)> Values)
{
    public static SearchUrl Empty { get; } = new([]);

    /// <summary>With another value, at its first page; null removes it.</summary>
    public SearchUrl With(string name, string? value) => new(
    [
        .. Values.Where(v => v.Name != name && v.Name != "cursor"),
        .. string.IsNullOrEmpty(value) ? Array.Empty<(string, string)>() : [(name, value)],
    ]);

    public string? this[string name] => Values.FirstOrDefault(v => v.Name == name).Value;

    public override string ToString()
    {
        var text = new StringBuilder("/messages");
        foreach (var (i, (name, value)) in Values.Index())
            text.Append(i == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        return text.ToString();
    }

    /// <summary>A time in the query.</summary>
    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The page of a message.</summary>
    /// <param name="asked">The address that was searched for: it is shown there as it is.</param>
    public static string Message(string id, string? asked = null) =>
        $"/messages/{Uri.EscapeDataString(id)}{(asked is null ? "" : "?q=" + Uri.EscapeDataString(asked))}";
}
