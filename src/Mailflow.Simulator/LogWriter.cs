using System.Globalization;

namespace Mailflow.Simulator;

/// <summary>
/// The files of one prefix, opened as Exchange opens them: appended to, a new one each hour (each day until 2010) and at the
/// size limit, byte order mark and header first. What <see cref="End"/> has finished is in the file or in <see cref="LineBuffer"/>.
/// </summary>
/// <param name="daily">One file a day instead of one an hour.</param>
sealed class LogWriter(SimulationOptions options, string folder, string prefix, bool daily, string logType, string fields) : IDisposable
{
    readonly LineBuffer _lines = new();
    readonly string _period = daily ? "yyyyMMdd" : "yyyyMMddHH";
    readonly long _periodMs = daily ? 86_400_000 : 3_600_000;
    FileStream? _file;
    long _current = -1;
    int _instance;
    long _fileBytes;
    int _lineStart;

    /// <summary>Bytes of finished lines and headers.</summary>
    public long Bytes { get; private set; }

    public int Files { get; private set; }

    /// <summary>The buffer for the next line; starts a new file first if the time or the size requires it.</summary>
    public LineBuffer Begin(long at)
    {
        var period = at / _periodMs;
        if (period != _current || _fileBytes >= options.FileBytes)
            Roll(at, period);
        if (_lines.IsFull)
            Flush(keepBack: 0);
        _lineStart = _lines.Length;
        return _lines;
    }

    public void End()
    {
        if (!options.Lf)
            _lines.Put((byte)'\r');
        _lines.Put((byte)'\n');
        Count(_lines.Length - _lineStart);
    }

    /// <summary>Writes the pending bytes except the last ones, so that the file may end inside a line, a character or a line end.</summary>
    public void Flush(int keepBack)
    {
        var count = _lines.Length - keepBack;
        if (count <= 0 || _file is null)
            return;
        _file.Write(_lines.Pending.Span[..count]);
        _lines.Discard(count);
    }

    public int PendingBytes => _lines.Length;

    public void Dispose()
    {
        Flush(keepBack: 0);
        _file?.Dispose();
        _file = null;
    }

    void Count(int bytes)
    {
        Bytes += bytes;
        _fileBytes += bytes;
    }

    void Roll(long at, long period)
    {
        Dispose();
        _instance = period == _current ? _instance + 1 : 1;
        _current = period;
        Directory.CreateDirectory(folder);
        var path = FreePath(at);
        _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        _fileBytes = _file.Position;
        Files++;
        if (_fileBytes == 0)
            PutHeader(at);
    }

    /// <summary>
    /// After a restart Exchange continues the last file of the series, without a new header. This does the same, unless that file is full or ends
    /// inside a line: a line appended to an incomplete one would be wrong, and truth.json could not describe it.
    /// </summary>
    string FreePath(long at)
    {
        var name = prefix + DateTimeOffset.FromUnixTimeMilliseconds(at).ToString(_period, CultureInfo.InvariantCulture);
        while (File.Exists(PathOf(_instance)) && (File.Exists(PathOf(_instance + 1)) || !CanBeContinued(PathOf(_instance))))
            _instance++;
        return PathOf(_instance);

        string PathOf(int instance) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{name}-{instance}.LOG"));
    }

    bool CanBeContinued(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length == 0)
            return true;
        file.Position = file.Length - 1;
        return file.Length < options.FileBytes && file.ReadByte() == '\n';
    }

    void PutHeader(long at)
    {
        var start = _lines.Length;
        if (options.Bom)
            _lines.Put([0xEF, 0xBB, 0xBF]);
        TrackingColumns.PutHeader(_lines, options, at, logType, fields);
        Count(_lines.Length - start);
    }
}
