namespace Mailflow.Analysis.Exports;

/// <summary>The problems of one export: all are counted, the first hundred are kept.</summary>
public sealed class ExportProblems
{
    public const int MaxKept = 100;
    const int MaxDetail = 400;

    readonly long[] _counts = new long[Enum.GetValues<ExportProblem>().Length];
    readonly List<ExportFault> _first = [];

    public IReadOnlyList<ExportFault> First => _first;

    public long Total => _counts.Sum();

    public long Count(ExportProblem reason) => _counts[(int)reason];

    public void Add(ExportProblem reason, long record, string detail)
    {
        _counts[(int)reason]++;
        if (_first.Count < MaxKept)
            _first.Add(new(reason, record, detail.Length > MaxDetail ? detail[..MaxDetail] : detail));
    }

    /// <summary>For problems of many records that are alike: all are counted, the first is kept.</summary>
    public void AddFirst(ExportProblem reason, long record, string detail)
    {
        if (Count(reason) == 0)
            Add(reason, record, detail);
        else
            _counts[(int)reason]++;
    }

    /// <summary>For problems of the whole file: counted once.</summary>
    public void AddOnce(ExportProblem reason, long record, string detail)
    {
        if (Count(reason) == 0)
            Add(reason, record, detail);
    }
}
