namespace Mailflow.Analysis.Failures;

/// <summary>Buffers and caches reused from text to text. One instance serves one thread at a time.</summary>
/// <param name="verdicts">How many verdicts to remember.</param>
sealed class Scratch(int verdicts)
{
    /// <summary>For occasional texts, judged on any thread.</summary>
    const int FewVerdicts = 128;

    [ThreadStatic]
    static Scratch? _current;

    char[] _words = new char[4096];
    char[] _copy = [];
    char[] _rest = [];

    /// <summary>The current thread's instance.</summary>
    public static Scratch Current => _current ??= new Scratch(FewVerdicts);

    public Hits Hits { get; } = new(RuleBook.Default.PhraseCount);

    /// <summary>Number of characters scanned and rules checked, for tests.</summary>
    public long Work { get; set; }

    /// <summary>Recent verdicts by words, codes and part: servers repeat their replies with only names and ids changed.</summary>
    public Recent<string, Verdict> Verdicts { get; } = new(verdicts, StringComparer.Ordinal);

    readonly HashSet<Verdict> _distinct = [];

    /// <summary>An earlier equal verdict, where there is one: there are few different ones.</summary>
    public Verdict TheSame(Verdict verdict)
    {
        if (_distinct.TryGetValue(verdict, out var same))
            return same;
        if (_distinct.Count < verdicts)
            _distinct.Add(verdict);
        return verdict;
    }

    public List<ReplyPart> Replies { get; } = new(8);

    public char[] Words(int room) => AtLeast(ref _words, room);

    /// <summary>For a reply without its asides.</summary>
    public char[] Copy(int room) => AtLeast(ref _copy, room);

    /// <summary>For the words of <see cref="Copy"/>.</summary>
    public char[] Rest(int room) => AtLeast(ref _rest, room);

    static char[] AtLeast(ref char[] buffer, int room)
    {
        if (buffer.Length < room)
            buffer = new char[room];
        return buffer;
    }
}
