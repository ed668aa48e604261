namespace Mailflow.Analysis.Failures;

/// <summary>What is reused from text to text. One instance serves one thread at a time.</summary>
/// <param name="verdicts">How many verdicts to remember.</param>
sealed class Scratch(int verdicts)
{
    /// <summary>For texts of which there are few, on whatever thread they are judged.</summary>
    const int FewVerdicts = 128;

    [ThreadStatic]
    static Scratch? _current;

    char[] _words = new char[4096];

    /// <summary>That of the thread.</summary>
    public static Scratch Current => _current ??= new Scratch(FewVerdicts);

    public Hits Hits { get; } = new(RuleBook.Default.PhraseCount);

    /// <summary>Counts characters scanned and rules looked at, for tests.</summary>
    public long Work { get; set; }

    /// <summary>The last verdicts, by words, codes and part: servers say the same to many, and only names and ids around it differ.</summary>
    public RecentTexts<Verdict> Verdicts { get; } = new(verdicts);

    readonly HashSet<Verdict> _distinct = [];

    /// <summary>The verdict that said the same before, where one did: few differ.</summary>
    public Verdict TheSame(Verdict verdict)
    {
        if (_distinct.TryGetValue(verdict, out var same))
            return same;
        if (_distinct.Count < verdicts)
            _distinct.Add(verdict);
        return verdict;
    }

    public List<Reply> Replies { get; } = new(8);

    public char[] Words(int room)
    {
        if (_words.Length < room)
            _words = new char[room];
        return _words;
    }
}
