using System.Text;
using Mailflow.Analysis.Exports;

namespace Mailflow.Analysis.TrackingExports;

/// <summary>The rows of an export that is read as objects: JSON, CLIXML, Format-List.</summary>
sealed class ObjectRows(IEnumerator<ExportObject> objects) : ExportRows
{
    readonly Range[] _places = new Range[ExportColumns.Number];
    readonly bool[] _lists = new bool[ExportColumns.Number];
    readonly Dictionary<string, ExportColumn?> _columns = new(StringComparer.Ordinal);
    byte[] _bytes = new byte[4096];
    int _used;

    public override ReadOnlySpan<byte> this[ExportColumn column] => _bytes.AsSpan(_places[(int)column]);

    public override bool IsList(ExportColumn column) => _lists[(int)column];

    public override bool Next()
    {
        while (objects.MoveNext())
        {
            var one = objects.Current;
            Record = one.Record;
            Array.Clear(_places);
            Array.Clear(_lists);
            _used = 0;
            foreach (var name in one.Names)
                Take(one, name);
            return true;
        }

        return false;
    }

    public override void Dispose() => objects.Dispose();

    void Take(ExportObject one, string name)
    {
        if (!_columns.TryGetValue(name, out var known))
        {
            known = ExportColumns.Of(name);
            if (_columns.Count < ExportObject.MaxProperties)
                _columns.Add(name, known);
        }

        if (known is not { } column)
            return;
        var place = (int)column;
        if (column == ExportColumn.Custom)
        {
            if (!name.Contains('.', StringComparison.Ordinal))
                Keep(column, EventData(one, name));
        }
        else if (one.List(name) is { Count: > 0 } list)
        {
            _lists[place] = true;
            Keep(column, string.Join('\n', list.Select(m => m.ReplaceLineEndings(" "))));
        }
        else if (one[name] is { Length: > 0 } text && _places[place].Equals(default))
        {
            Keep(column, text);
        }
    }

    /// <summary>EventData is a list of pairs. It is written like custom-data, whose source it is.</summary>
    static string EventData(ExportObject one, string name)
    {
        var (keys, values) = (one.List(name + ".Key"), one.List(name + ".Value"));
        return keys.Count > 0 && keys.Count == values.Count
            ? string.Join(';', keys.Zip(values, (k, v) => $"S:{k}={v}"))
            : string.Join('\n', one.List(name).Prepend(one[name] ?? "").Where(t => t.Length > 0));
    }

    void Keep(ExportColumn column, string text)
    {
        var room = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (_bytes.Length - _used < room)
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _used + room));
        var length = Encoding.UTF8.GetBytes(text, _bytes.AsSpan(_used));
        _places[(int)column] = _used..(_used + length);
        _used += length;
    }
}
