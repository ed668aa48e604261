namespace Mailflow.Analysis.Failures;

/// <summary>What a thread reuses from text to text.</summary>
sealed class Scratch
{
    [ThreadStatic]
    static Scratch? _current;

    char[] _words = new char[4096];

    public static Scratch Current => _current ??= new Scratch();

    public Hits Hits { get; } = new(RuleBook.Default.PhraseCount);

    /// <summary>Counts characters scanned and rules looked at, for tests.</summary>
    public long Work { get; set; }

    public List<Reply> Replies { get; } = new(8);

    public char[] Words(int room)
    {
        if (_words.Length < room)
            _words = new char[room];
        return _words;
    }
}
