using System.Globalization;
using Mailflow.Trace;

namespace Mailflow.Web;

/// <summary>Reads the values of a query; each fault is a sentence with what was expected.</summary>
sealed class QueryValues(IQueryCollection query, List<string> faults)
{
    /// <summary>The value without white space around it; null where it is missing or empty.</summary>
    public string? Text(string name, int most)
    {
        var given = query[name];
        if (given.Count > 1)
            faults.Add($"{name} is given {given.Count} times; expected one value.");
        var text = (given.Count > 0 ? given[0] ?? "" : "").Trim();
        if (text.Length > most)
            faults.Add($"{name} has {text.Length} characters; the most are {most}.");
        else if (text.Any(char.IsControl))
            faults.Add($"{name} has a control character; expected text.");
        else if (text.Length > 0)
            return text;
        return null;
    }

    public string? Word(string name, IReadOnlyList<string> allowed)
    {
        if (Text(name, 64) is not { } text)
            return null;
        if (allowed.FirstOrDefault(w => w.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } word)
            return word;
        faults.Add($"{name}={SearchInput.Short(text)}: expected {string.Join(", ", allowed)}.");
        return null;
    }

    public DateTime? Time(string name, DateTimeOffset now, TimeZoneInfo zone)
    {
        if (Text(name, 64) is not { } text)
            return null;
        if (TraceTime.Read(text, now, zone) is { } time)
            return time;
        faults.Add($"{name}={SearchInput.Short(text)}: expected {TraceTime.Allowed}.");
        return null;
    }

    public int Number(string name, int least, int most, int otherwise)
    {
        if (Text(name, 64) is not { } text)
            return otherwise;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        faults.Add($"{name}={SearchInput.Short(text)}: expected a number from {least} to {most}.");
        return otherwise;
    }

    public bool Flag(string name) => Word(name, ["true", "false"]) == "true";
}
