using Mailflow.Analysis.Exports;

namespace Mailflow.Read;

/// <summary>What was found in an export since the last part of it.</summary>
sealed class NewProblems(ExportProblems all)
{
    readonly long[] _reported = new long[Enum.GetValues<ExportProblem>().Length];
    int _faultsReported;

    public (List<(ExportProblem Problem, long Count)> Problems, List<ExportFault> Faults) Take()
    {
        var problems = new List<(ExportProblem, long)>();
        foreach (var problem in Enum.GetValues<ExportProblem>())
        {
            var count = all.Count(problem);
            if (count > _reported[(int)problem])
                problems.Add((problem, count - _reported[(int)problem]));
            _reported[(int)problem] = count;
        }

        var faults = all.First.Skip(_faultsReported).ToList();
        _faultsReported = all.First.Count;
        return (problems, faults);
    }
}
