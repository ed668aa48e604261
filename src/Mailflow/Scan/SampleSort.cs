using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Mailflow.Scan;

/// <summary>
/// Sorts changes of series by a number, in bounded memory: <see cref="Most"/> of them are sorted at once and written to a temporary file, then all files
/// are merged.
/// </summary>
/// <param name="folder">Where the temporary files are; they are deleted when they are closed.</param>
sealed class SampleSort(string folder, int most = SampleSort.Most) : IDisposable
{
    /// <summary>64 MB.</summary>
    public const int Most = 4 << 20;

    /// <summary>A number and a value, each 8 bytes.</summary>
    const int Bytes = 16;

    readonly List<ulong> _keys = [];
    readonly List<long> _values = [];
    readonly List<FileStream> _runs = [];

    public void Add(ulong key, long value)
    {
        _keys.Add(key);
        _values.Add(value);
        if (_keys.Count >= most)
            Spill();
    }

    /// <summary>All changes by their numbers; equal numbers follow each other.</summary>
    public IEnumerable<(ulong Key, long Value)> Sorted()
    {
        Sort();
        var queue = new PriorityQueue<IEnumerator<(ulong Key, long Value)>, ulong>();
        foreach (var run in _runs.Select(Read).Append(_keys.Zip(_values)).Select(r => r.GetEnumerator()))
            Enqueue(run);
        while (queue.TryDequeue(out var run, out _))
        {
            yield return run.Current;
            Enqueue(run);
        }

        void Enqueue(IEnumerator<(ulong Key, long Value)> run)
        {
            if (run.MoveNext())
                queue.Enqueue(run, run.Current.Key);
            else
                run.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var run in _runs)
            run.Dispose();
    }

    void Sort() => CollectionsMarshal.AsSpan(_keys).Sort(CollectionsMarshal.AsSpan(_values));

    void Spill()
    {
        Sort();
        var path = Path.Combine(folder, $".mailflow-backfill-{Guid.NewGuid():N}.tmp");
        var run = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.DeleteOnClose,
            BufferSize = 1 << 20,
        });
        _runs.Add(run);
        Span<byte> entry = stackalloc byte[Bytes];
        for (var i = 0; i < _keys.Count; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(entry, _keys[i]);
            BinaryPrimitives.WriteInt64LittleEndian(entry[8..], _values[i]);
            run.Write(entry);
        }

        _keys.Clear();
        _values.Clear();
    }

    static IEnumerable<(ulong Key, long Value)> Read(FileStream run)
    {
        run.Position = 0;
        var entry = new byte[Bytes];
        while (run.ReadAtLeast(entry, Bytes, throwOnEndOfStream: false) == Bytes)
            yield return (BinaryPrimitives.ReadUInt64LittleEndian(entry), BinaryPrimitives.ReadInt64LittleEndian(entry.AsSpan(8)));
    }
}
