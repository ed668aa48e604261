namespace Mailflow.Analysis.Tests.Formats;

/// <summary>Every log in Samples gives the result in its .expected file. With UPDATE_EXPECTED=1 that file is written instead.</summary>
public sealed class SampleTests
{
    static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Samples");

    public static TheoryData<string> Samples =>
        [.. Directory.EnumerateFiles(Folder, "*.log", SearchOption.AllDirectories).Select(p => Path.GetRelativePath(Folder, p)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Sample_gives_the_expected_result(string sample)
    {
        var path = Path.Combine(Folder, sample);
        var found = TallyText.OfLog(File.ReadAllBytes(path));
        if (Environment.GetEnvironmentVariable("UPDATE_EXPECTED") == "1")
            File.WriteAllText(SourceOf(sample), found);
        else
            Assert.Equal(File.ReadAllText(Path.ChangeExtension(path, ".expected")), found);
    }

    static string SourceOf(string sample)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Pipeline.sln")))
            folder = folder.Parent!;
        return Path.Combine(folder.FullName, "tests", "Mailflow.Analysis.Tests", "Samples", Path.ChangeExtension(sample, ".expected"));
    }
}
