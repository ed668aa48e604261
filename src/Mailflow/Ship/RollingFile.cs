using System.Globalization;
using Mailflow.Logging;

namespace Mailflow.Ship;

/// <summary>
/// A file of lines, rolled by size: <c>events.jsonl</c> is current, <c>events.000001.jsonl</c> and so on are older. It is opened for each
/// append, so it may be moved or deleted at any time.
/// </summary>
/// <param name="maxBytes">The size that it does not exceed, unless one append does.</param>
/// <param name="keep">Number of rolled files to keep.</param>
sealed class RollingFile(string path, long maxBytes, int keep, ILogger log)
{
    /// <summary>Larger than any append: a longer part without LF was not written by this program.</summary>
    const int MaxTorn = 2 * Batch.MaxBytes;

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    string Folder => System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>Appends whole lines. They are on disk when it returns.</summary>
    public void Append(ReadOnlySpan<byte> lines)
    {
        Directory.CreateDirectory(Folder);
        var length = File.Exists(Path) ? new FileInfo(Path).Length : 0;
        if (length > 0 && length + lines.Length > maxBytes)
            Roll();
        using var file = new FileStream(Path, Options());
        Repair(file);
        var end = file.Seek(0, SeekOrigin.End);
        try
        {
            file.Write(lines);
            file.Flush(flushToDisk: true);
        }
        catch
        {
            // A full disk accepted a part of them: it is removed, so that the retry writes nothing twice.
            file.SetLength(end);
            throw;
        }
    }

    static FileStreamOptions Options()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        return options;
    }

    /// <summary>
    /// A crash during an append leaves an incomplete line, or NULs where the length was written and the data was not. The cursor has not moved,
    /// so it is cut off and written again. Any other content means that the file is not ours.
    /// </summary>
    void Repair(FileStream file)
    {
        if (file.Length == 0)
            return;
        var tail = new byte[Math.Min(file.Length, MaxTorn)];
        var start = file.Length - 1;
        file.Position = start;
        file.ReadExactly(tail, 0, 1);
        if (tail[0] == (byte)'\n')
            return;
        start = file.Length - tail.Length;
        file.Position = start;
        file.ReadExactly(tail);
        var torn = tail.AsSpan().LastIndexOf((byte)'\n') + 1;
        if ((torn == 0 && start > 0) || tail[torn] is not ((byte)'{' or 0))
            throw new InvalidDataException(
                $"{Path} is not an event file: its last line is not an event. Nothing was written to it. Move it away, or choose another file.");
        file.SetLength(start + torn);
        Log.TornLineCut(log, Path, tail.Length - torn);
    }

    void Roll()
    {
        var rolled = Rolled();
        var next = rolled.Count == 0 ? 1 : rolled[^1].Number + 1;
        File.Move(Path, Name(next));
        foreach (var (_, file) in rolled.Take(Math.Max(0, rolled.Count + 1 - keep)))
            File.Delete(file);
    }

    /// <summary>The rolled files, oldest first.</summary>
    List<(int Number, string File)> Rolled()
    {
        var found = new List<(int, string)>();
        var (stem, extension) = Split();
        foreach (var file in Directory.EnumerateFiles(Folder, $"{stem}.*{extension}"))
        {
            var name = System.IO.Path.GetFileName(file.AsSpan());
            if (name.Length > stem.Length + 1 + extension.Length
                && int.TryParse(name[(stem.Length + 1)..^extension.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                found.Add((number, file));
        }

        found.Sort();
        return found;
    }

    string Name(int number)
    {
        var (stem, extension) = Split();
        return System.IO.Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{stem}.{number:D6}{extension}"));
    }

    (string Stem, string Extension) Split() => (System.IO.Path.GetFileNameWithoutExtension(Path), System.IO.Path.GetExtension(Path));
}
