using System.Globalization;
using CsCheck;

namespace Mailflow.Tests.Tail;

/// <summary>
/// Random operations on a folder, with crashes of the process in between: in the end every line is committed exactly once. Only lines of
/// files that were emptied or deleted before the commit may be missing, and none is committed twice. A failing case prints its seed.
/// </summary>
public sealed class ModelTests
{
    enum Act
    {
        Write,
        WriteHalf,
        Finish,
        SplitLineEnd,
        Poll,
        Rename,
        Create,
        Truncate,
        Delete,
        Recreate,
        Rewrite,
        ReuseInode,
        Link,
        Copy,
        MoveOut,
        MoveIn,
        Commit,
        Restart,
    }

    readonly record struct Step(Act Act, int Slot, int Count)
    {
        public override string ToString() => $"{Act}({Slot},{Count})";
    }

    static readonly Gen<Act> Acts = Gen.Frequency(
        (6, Gen.Const(Act.Write)), (3, Gen.Const(Act.WriteHalf)), (3, Gen.Const(Act.Finish)), (2, Gen.Const(Act.SplitLineEnd)), (6, Gen.Const(Act.Poll)),
        (2, Gen.Const(Act.Rename)), (3, Gen.Const(Act.Create)), (1, Gen.Const(Act.Truncate)), (1, Gen.Const(Act.Delete)), (1, Gen.Const(Act.Recreate)),
        (1, Gen.Const(Act.Rewrite)), (1, Gen.Const(Act.ReuseInode)), (1, Gen.Const(Act.Link)), (1, Gen.Const(Act.Copy)),
        (1, Gen.Const(Act.MoveOut)), (2, Gen.Const(Act.MoveIn)), (3, Gen.Const(Act.Commit)), (2, Gen.Const(Act.Restart)));

    static Gen<Step[]> Steps(Gen<Act> acts) =>
        Gen.Select(acts, Gen.Int[0, 3], Gen.Frequency((20, Gen.Int[1, 4]), (1, Gen.Int[5000, 9000])), (a, s, n) => new Step(a, s, n)).Array[1, 60];

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public Task Model_commits_every_line_once_without_lost_bytes(bool sameHeaders, bool alike) =>
        Steps(Acts.Where(a => a is not (Act.Truncate or Act.Delete or Act.Recreate or Act.Rewrite or Act.ReuseInode))).SampleAsync(async steps =>
        {
            using var world = new World(sameHeaders, alike);
            Assert.Empty(await world.RunAsync(steps));
        }, iter: 300, print: Print);

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public Task Model_misses_only_lost_lines_and_commits_none_twice(bool sameHeaders, bool alike) =>
        Steps(Acts).SampleAsync(async steps =>
        {
            using var world = new World(sameHeaders, alike);
            await world.RunAsync(steps);
        }, iter: 600, print: Print);

    static string Print(Step[] steps) => string.Join(' ', steps);

    /// <summary>An existing file, under any name.</summary>
    sealed class Physical(string path)
    {
        public string Path { get; set; } = path;

        /// <summary>Its other hard links.</summary>
        public List<string> Links { get; } = [];

        /// <summary>Its complete lines.</summary>
        public List<int> Lines { get; } = [];

        /// <summary>The incomplete line: its number and the rest still to be written.</summary>
        public (int Line, string Ending)? Half { get; set; }

        /// <summary>Open in the tailer, so that it is read even if its name is deleted.</summary>
        public bool Held { get; set; }
    }

    /// <param name="sameHeaders">All files have the same header.</param>
    /// <param name="alike">All rows have the same length and end.</param>
    sealed class World(bool sameHeaders, bool alike) : IDisposable
    {
        static readonly string[] Names = ["a.log", "b.log", "c.LOG", "sub/a.log"];

        readonly TailBed _bed = new();
        readonly List<Physical> _files = [];
        readonly List<Physical> _outside = [];
        readonly List<int> _read = [];
        readonly List<int> _committed = [];
        readonly HashSet<int> _whole = [];
        readonly HashSet<int> _mayBeMissing = [];

        /// <summary>Lines of deleted files that are still open: they are read unless the process dies first.</summary>
        readonly HashSet<int> _held = [];

        /// <summary>How often a line may be committed in addition: a copy under another name is another file.</summary>
        readonly Dictionary<int, int> _copies = [];

        int _next;
        int _headers;
        int _moves;

        /// <returns>Missing lines that are allowed to be missing.</returns>
        public async Task<IReadOnlyCollection<int>> RunAsync(Step[] steps)
        {
            Directory.CreateDirectory(_bed.PathOf("sub"));
            foreach (var step in steps)
                await DoAsync(step);
            // At the end, incomplete lines are finished, every file gets one more line, and everything is read and committed.
            foreach (var (i, file) in _outside.ToList().Index())
                MoveIn(file, _bed.PathOf($"end{i}.log"));
            foreach (var file in _files)
            {
                Finish(file);
                Write(file, 1);
            }

            await PollAsync();
            Commit();
            var twice = _committed.GroupBy(l => l).Where(g => g.Count() > 1 + _copies.GetValueOrDefault(g.Key)).Select(g => g.Key).ToList();
            Assert.True(twice.Count == 0, $"committed twice: {string.Join(' ', twice)}");
            var invented = _committed.Except(_whole).ToList();
            Assert.True(invented.Count == 0, $"never written whole: {string.Join(' ', invented)}");
            var missing = _whole.Except(_committed).ToHashSet();
            Assert.True(missing.IsSubsetOf(_mayBeMissing), $"missing: {string.Join(' ', missing.Except(_mayBeMissing))}");
            Assert.True(_bed.Total.Unreadable.IndexOfAnyExcept(0) < 0, "a torn line was read");
            return missing;
        }

        public void Dispose() => _bed.Dispose();

        async Task DoAsync(Step step)
        {
            var path = _bed.PathOf(Names[step.Slot]);
            var file = _files.Find(f => f.Path == path);
            switch (step.Act)
            {
                case Act.Create when file is null:
                    Create(path);
                    break;
                case Act.Write when file is { Half: null }:
                    Write(file, step.Count);
                    break;
                case Act.WriteHalf when file is { Half: null }:
                    var line = Rows(_next, 1);
                    Half(file, line, 1 + (step.Count % (line.Length - 1)));
                    break;
                case Act.SplitLineEnd when file is { Half: null }:
                    Half(file, Rows(_next, 1), Rows(_next, 1).Length - 1);
                    break;
                case Act.Finish when file is not null:
                    Finish(file);
                    break;
                case Act.Rename when file is not null:
                    Rename(file, _bed.PathOf(Names[(step.Slot + step.Count) % Names.Length]));
                    break;
                case Act.MoveOut when file is not null:
                    file.Path = _bed.PathOf($"out{_moves++}");
                    File.Move(path, file.Path);
                    Unlink(file);
                    _files.Remove(file);
                    _outside.Add(file);
                    break;
                case Act.MoveIn when _outside.Count > 0:
                    if (Names.Select(_bed.PathOf).FirstOrDefault(p => !File.Exists(p)) is { } free)
                        MoveIn(_outside[step.Slot % _outside.Count], free);
                    break;
                case Act.Truncate when file is not null:
                    Truncate(file);
                    break;
                case Act.Delete when file is not null:
                    Delete(file);
                    break;
                case Act.Recreate when file is not null:
                    Delete(file);
                    Write(Create(path), step.Count);
                    break;
                case Act.Rewrite when file is not null:
                    // In place, and at least as long as before when the tailer looks again.
                    var lines = file.Lines.Count + step.Count;
                    Truncate(file);
                    Write(file, lines);
                    break;
                case Act.ReuseInode when file is not null:
                    // Deleted and the inode reused: simulated as the tailer sees it, because the file system does not do so on demand.
                    var count = file.Lines.Count + step.Count;
                    Truncate(file);
                    Rename(file, _bed.PathOf(Names[(step.Slot + 1) % Names.Length]));
                    Write(file, count);
                    break;
                case Act.Link when file is not null:
                    file.Links.Add(_bed.PathOf($"link{_moves++}.log"));
                    Assert.Equal(0, RotationTests.Link(path, file.Links[^1]));
                    break;
                case Act.Copy when file is { Half: null }:
                    Copy(file, _bed.PathOf($"copy{_moves++}.log"));
                    break;
                case Act.Poll:
                    await PollAsync();
                    break;
                case Act.Commit:
                    Commit();
                    break;
                case Act.Restart:
                    Restart();
                    break;
            }
        }

        static void Rename(Physical file, string to)
        {
            if (File.Exists(to))
                return;
            File.Move(file.Path, to);
            file.Path = to;
        }

        Physical Create(string path)
        {
            File.WriteAllText(path, Header());
            var file = new Physical(path);
            _files.Add(file);
            return file;
        }

        string Header() => Logs.Header(sameHeaders ? "2024-05-06T07:00:00.000Z" : $"2024-05-06T07:00:00.{_headers++:000}Z");

        string Rows(int from, int count) => alike ? Logs.AlikeRows(from, count) : Logs.Rows(from, count);

        void Copy(Physical file, string to)
        {
            File.Copy(file.Path, to);
            var copy = new Physical(to);
            copy.Lines.AddRange(file.Lines);
            _files.Add(copy);
            foreach (var line in copy.Lines)
                _copies[line] = _copies.GetValueOrDefault(line) + 1;
        }

        void Write(Physical file, int count)
        {
            Logs.Append(file.Path, Rows(_next, count));
            for (var i = 0; i < count; i++)
                Whole(file, _next++);
        }

        void Half(Physical file, string line, int length)
        {
            Logs.Append(file.Path, line[..length]);
            file.Half = (_next++, line[length..]);
        }

        void Finish(Physical file)
        {
            if (file.Half is not { } half)
                return;
            Logs.Append(file.Path, half.Ending);
            file.Half = null;
            Whole(file, half.Line);
        }

        void Whole(Physical file, int line)
        {
            file.Lines.Add(line);
            _whole.Add(line);
        }

        void MoveIn(Physical file, string to)
        {
            File.Move(file.Path, to);
            file.Path = to;
            _outside.Remove(file);
            _files.Add(file);
        }

        void Truncate(Physical file)
        {
            Lose(file, held: false);
            Logs.Truncate(file.Path);
            file.Half = null;
            file.Lines.Clear();
            Logs.Append(file.Path, Header());
        }

        void Delete(Physical file)
        {
            Lose(file, file.Held);
            File.Delete(file.Path);
            Unlink(file);
            _files.Remove(file);
        }

        static void Unlink(Physical file)
        {
            file.Links.ForEach(File.Delete);
            file.Links.Clear();
        }

        void Lose(Physical file, bool held)
        {
            foreach (var line in file.Lines.Except(_committed))
                if (held || _read.Contains(line))
                    _held.Add(line);
                else
                    _mayBeMissing.Add(line);
        }

        async Task PollAsync()
        {
            foreach (var row in await _bed.ReadAsync())
                _read.Add(int.Parse(row.AsSpan(row.LastIndexOf(',') + 1).TrimEnd('x'), CultureInfo.InvariantCulture));
            foreach (var file in _files)
                file.Held = true;
            foreach (var file in _outside)
                file.Held = false;
        }

        void Commit()
        {
            _bed.Commit();
            _committed.AddRange(_read);
            _held.ExceptWith(_read);
            _read.Clear();
        }

        void Restart()
        {
            _bed.Restart();
            _ = _bed.Lines;
            _read.Clear();
            _mayBeMissing.UnionWith(_held);
            _held.Clear();
            foreach (var file in _files.Concat(_outside))
                file.Held = false;
        }
    }
}
