using System.Text;

namespace Mailflow.Analysis.Exports;

/// <summary>
/// Splits XML text into records by the tags of one element, whatever surrounds them: one root, none or several, a declaration of any
/// encoding. So a broken record does not affect the others, and only one record is held in memory.
/// </summary>
/// <param name="nests">Whether the element may contain itself. Where it may not, a second start means that the first one's end is missing.</param>
/// <param name="root">The root element around all records, which must end; null where there may be none.</param>
sealed class XmlRecords(Stream utf8, string element, bool nests, ExportProblems problems, string? root = null)
{
    readonly ByteWindow _window = new(utf8);
    readonly byte[] _start = Encoding.UTF8.GetBytes($"<{element}");
    readonly byte[] _end = Encoding.UTF8.GetBytes($"</{element}");
    readonly byte[] _rootStart = Encoding.UTF8.GetBytes($"<{root}");
    readonly byte[] _rootEnd = Encoding.UTF8.GetBytes($"</{root}");
    bool _rootIsOpen;
    int _at;
    int _depth;
    int _length;

    /// <summary>The number of the record, from 1.</summary>
    public long Record { get; private set; }

    /// <summary>The record, valid until the next call.</summary>
    public ReadOnlySpan<byte> Current => _window.Bytes[.._length];

    public bool TryNext()
    {
        _window.Drop(_length);
        (_at, _depth, _length) = (0, 0, 0);
        while (FindTag())
        {
            var tag = _window.Bytes[_at..];
            if (tag.StartsWith("<!DOCTYPE"u8))
            {
                problems.AddOnce(ExportProblem.RefusedDtd, Record, "the file has a DTD; it is not read");
                return false;
            }

            if (tag.StartsWith("<![CDATA["u8) || tag.StartsWith("<!--"u8))
            {
                if (!SkipTo(tag[2] == '[' ? "]]>"u8 : "-->"u8))
                    break;
            }
            else if (IsTag(tag, _start))
            {
                if (!Open())
                    break;
            }
            else if (_depth > 0 && IsTag(tag, _end))
            {
                if (!Close())
                    break;
            }
            else
            {
                if (root is not null && _depth == 0)
                    _rootIsOpen = IsTag(tag, _rootStart) || (_rootIsOpen && !IsTag(tag, _rootEnd));
                _at++;
            }

            if (_length > 0)
                return true;
        }

        if (_depth > 0)
            problems.Add(ExportProblem.Truncated, Record, $"the file ends in <{element}>");
        else if (_rootIsOpen)
            problems.AddOnce(ExportProblem.Truncated, Record, $"the file ends in <{root}>");
        return false;
    }

    /// <summary>A start tag, which may be self-closing.</summary>
    bool Open()
    {
        if (_depth > 0 && !nests)
        {
            problems.Add(ExportProblem.CorruptRecord, Record, $"<{element}> has no end");
            _depth = 0;
        }

        if (_depth == 0)
        {
            _window.Drop(_at);
            _at = 0;
            Record++;
        }

        _depth++;
        if (!SkipTo(">"u8))
            return false;
        // After a record beyond the limit, the window is empty and nothing is open.
        if (_depth > 0 && _window.Bytes[_at - 2] == '/' && --_depth == 0)
            _length = _at;
        return true;
    }

    bool Close()
    {
        if (!SkipTo(">"u8))
            return false;
        if (_depth > 0 && --_depth == 0)
            _length = _at;
        return true;
    }

    /// <summary>Moves to the next tag, growing the window up to its limit.</summary>
    bool FindTag()
    {
        const int LongestTag = 32;
        while (true)
        {
            var found = _window.Bytes[_at..].IndexOf((byte)'<');
            if (found >= 0)
            {
                _at += found;
                // Enough bytes to recognise the tag.
                _ = _window.Has(_at + LongestTag);
                return true;
            }

            _at = _window.Bytes.Length;
            if (!GrowOrDrop())
                return false;
        }
    }

    bool SkipTo(ReadOnlySpan<byte> end)
    {
        while (true)
        {
            var found = _window.Bytes[_at..].IndexOf(end);
            if (found >= 0)
            {
                _at += found + end.Length;
                return true;
            }

            _at = Math.Max(_at, _window.Bytes.Length - end.Length + 1);
            if (!GrowOrDrop())
                return false;
        }
    }

    bool GrowOrDrop()
    {
        if (_depth == 0)
        {
            _window.Drop(_at);
            _at = 0;
        }

        if (_window.Grow())
            return true;
        if (_window.IsWhole)
            return false;
        problems.Add(ExportProblem.TooLong, Record, $"<{element}> is longer than {ExportContext.MaxRecord} bytes");
        _window.Drop(_at);
        (_at, _depth) = (0, 0);
        return _window.Grow();
    }

    static bool IsTag(ReadOnlySpan<byte> tag, ReadOnlySpan<byte> wanted) =>
        tag.StartsWith(wanted) && tag.Length > wanted.Length
        && tag[wanted.Length] is (byte)'>' or (byte)' ' or (byte)'/' or (byte)'\t' or (byte)'\r' or (byte)'\n';
}
