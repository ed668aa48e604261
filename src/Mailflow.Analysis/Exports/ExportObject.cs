using System.Globalization;

namespace Mailflow.Analysis.Exports;

/// <summary>
/// One object of an export: its properties by name, ignoring case. Nested objects are flattened as <c>Outer.Inner</c>;
/// a list gives the texts of its members, and a list of objects also the lists of their properties, as <c>Properties.Value</c>.
/// </summary>
public sealed class ExportObject
{
    /// <summary>An Exchange object has some 200 properties.</summary>
    public const int MaxProperties = 5000;

    /// <summary>Limit of a name including the names of its parents.</summary>
    const int MaxName = 1024;

    readonly ExportContext _context;
    readonly Dictionary<string, string?> _values = new(StringComparer.OrdinalIgnoreCase);
    readonly Dictionary<string, List<string>> _lists = new(StringComparer.OrdinalIgnoreCase);

    internal ExportObject(ExportContext context, long record)
    {
        _context = context;
        Record = record;
    }

    /// <summary>The first type name in the export, such as <c>Microsoft.Exchange.Data.QueueDigest.ExtensibleQueueInfo</c>.</summary>
    public string? TypeName { get; internal set; }

    /// <summary>Its number in the file, from 1.</summary>
    public long Record { get; }

    /// <summary>Null where there is no such property or it has no value.</summary>
    public string? this[string name] => _values.GetValueOrDefault(name);

    public IEnumerable<string> Names => _values.Keys.Concat(_lists.Keys.Where(l => !_values.ContainsKey(l)));

    public bool Has(string name) => _values.ContainsKey(name) || _lists.ContainsKey(name);

    public IReadOnlyList<string> List(string name) => _lists.TryGetValue(name, out var list) ? list : [];

    /// <summary>A time in any exported form; a time without a zone is in the zone of the file. False for an empty value.</summary>
    public bool TryTime(string name, out DateTime utc)
    {
        utc = default;
        var text = this[name] ?? this[name + ".value"] ?? this[name + ".DateTime"];
        return !string.IsNullOrWhiteSpace(text) && _context.TryTime(text, name, Record, out utc);
    }

    /// <summary>
    /// A whole number, with the group separators of any culture; for a size such as <c>10 KB (10,240 bytes)</c> the bytes. False for an empty value.
    /// </summary>
    public bool TryNumber(string name, out long n)
    {
        n = 0;
        var text = this[name];
        if (string.IsNullOrWhiteSpace(text))
            return false;
        if (long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out n) || TryBytes(text, out n))
            return true;
        foreach (var value in _values.Values)
            if (value is not null)
                _context.Numbers.Learn(value);
        if (_context.Numbers.TryWhole(text, out n))
            return true;
        _context.Problems.Add(ExportProblem.BadNumber, Record, $"{name}: {text}");
        return false;
    }

    /// <summary>A number that must be there: one that is missing or negative is as unreadable as a word.</summary>
    internal bool TryCount(string name, out long n)
    {
        if (TryNumber(name, out n) && n >= 0)
            return true;
        if (string.IsNullOrWhiteSpace(this[name]) || n < 0)
            _context.Problems.Add(ExportProblem.BadNumber, Record, $"{name}: {this[name]}");
        return false;
    }

    /// <summary>Whether the name is within the limit: nested properties repeat the names of their parents.</summary>
    internal bool Takes(string name)
    {
        if (name.Length <= MaxName)
            return true;
        _context.Problems.AddOnce(ExportProblem.TooLong, Record, "a property with too long a name");
        return false;
    }

    internal void Set(string name, string? value)
    {
        if (!Takes(name))
            return;
        if (_values.Count < MaxProperties)
            _values[name] = value is { Length: > ExportContext.MaxText } ? Cut(name, value) : value;
        else
            _context.Problems.AddOnce(ExportProblem.TooLong, Record, "an object with too many properties");
    }

    /// <summary>Creates the list, so that an empty list is a known property too.</summary>
    internal void AddList(string name)
    {
        if (Takes(name) && _lists.Count < MaxProperties)
            _lists.TryAdd(name, []);
    }

    internal void AddToList(string name, string value)
    {
        AddList(name);
        if (_lists.TryGetValue(name, out var list) && list.Count < MaxProperties)
            list.Add(value.Length > ExportContext.MaxText ? Cut(name, value) : value);
        else
            _context.Problems.AddOnce(ExportProblem.TooLong, Record, "a list with too many members");
    }

    string Cut(string name, string value)
    {
        _context.Problems.Add(ExportProblem.TooLong, Record, name);
        return value[..ExportContext.MaxText];
    }

    /// <summary>ByteQuantifiedSize writes the bytes in brackets, with the group separators of the server's culture.</summary>
    internal static bool TryBytes(string text, out long n)
    {
        n = 0;
        var open = text.IndexOf('(', StringComparison.Ordinal);
        if (open < 0 || text[^1] != ')')
            return false;
        var digits = string.Concat(text.Skip(open + 1).TakeWhile(c => !char.IsLetter(c)).Where(char.IsAsciiDigit));
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out n);
    }
}

/// <summary>State shared by all objects of one export.</summary>
sealed class ExportContext(ExportProblems problems, TimeZoneInfo? zone)
{
    /// <summary>Limit of a text in characters; Windows itself cuts an event's strings at 31,839.</summary>
    public const int MaxText = 1 << 16;

    /// <summary>Limit of one record in a text format, in bytes.</summary>
    public const int MaxRecord = 4 << 20;

    public ExportProblems Problems => problems;

    public DateOrder Order { get; private set; }

    public ExportNumbers Numbers { get; } = new();

    /// <summary>Notes what a date shows about the order of day and month in this file.</summary>
    public void Learn(string text)
    {
        if (Order == DateOrder.Unknown)
            Order = ExportTimes.OrderOf(text);
    }

    public bool TryTime(string text, string name, long record, out DateTime utc)
    {
        switch (ExportTimes.Read(text, Order, zone, out utc))
        {
            case TimeReading.Utc:
                return true;
            case TimeReading.Local:
                if (zone is null)
                    problems.AddOnce(ExportProblem.LocalTime, record, $"{name}: {text}: no zone is written; taken for UTC");
                return true;
            case TimeReading.Guessed:
                problems.Add(ExportProblem.AmbiguousTime, record, $"{name}: {text}: read with the month first");
                return true;
            case TimeReading.Ambiguous:
                problems.Add(ExportProblem.AmbiguousTime, record, $"{name}: {text}");
                return false;
            default:
                problems.Add(ExportProblem.BadTime, record, $"{name}: {text}");
                return false;
        }
    }
}
