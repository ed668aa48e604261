using System.Text.RegularExpressions;
using Mailflow.Tests;

namespace Mailflow.Analysis.Tests.Failures;

/// <summary>Commands that change something are marked, wherever a person may copy them from.</summary>
public sealed partial class MarkedCommandTests
{
    const string Mark = "# CHANGES ";

    /// <summary>THE table: commands whose name starts with one of these change something; all others only look.</summary>
    static readonly string[] ChangingVerbs =
    [
        "Add-", "Clear-", "Disable-", "Dismount-", "Enable-", "Import-", "Install-", "Mount-", "Move-", "New-", "Redirect-", "Remove-", "Restart-", "Resume-",
        "Retry-", "Set-", "Start-", "Stop-", "Suspend-", "Update-", "iisreset",
    ];

    [Theory]
    [InlineData("Set-Mailbox ann -Quota 1", true)]
    [InlineData("Get-Queue | Retry-Queue", true)]
    [InlineData("Get-Queue | Where-Object { $_.Status -eq 'Retry' } | Format-List", false)]
    [InlineData("Search-AdminAuditLog -Cmdlets Set-SendConnector,New-TransportRule", false)]
    [InlineData("iisreset /noforce", true)]
    public void The_table_knows_what_changes_something(string command, bool changes) => Assert.Equal(changes, Changes(command));

    [Theory]
    [InlineData("docs/causes")]
    [InlineData("docs/runbooks")]
    public void Each_command_of_a_page_that_changes_something_is_marked(string folder)
    {
        var unmarked = new List<string>();
        foreach (var file in Directory.GetFiles(Repository.PathOf(folder), "*.md"))
            foreach (Match block in Block().Matches(File.ReadAllText(file)))
            {
                var before = "";
                foreach (var line in block.Groups["lines"].Value.Split('\n'))
                {
                    if (Changes(line) && !line.Contains(Mark, StringComparison.Ordinal) && !before.StartsWith(Mark, StringComparison.Ordinal))
                        unmarked.Add($"{Path.GetFileName(file)}: {line}");
                    before = line;
                }
            }

        Assert.True(unmarked.Count == 0, $"Mark these with '{Mark}what it changes. Undo: how':\n{string.Join('\n', unmarked)}");
    }

    /// <summary>Braces are a script block to PowerShell, and an angle bracket outside of quotes is an error.</summary>
    [Theory]
    [InlineData("docs/causes")]
    [InlineData("docs/runbooks")]
    public void Placeholders_of_commands_are_quoted(string folder)
    {
        foreach (var file in Directory.GetFiles(Repository.PathOf(folder), "*.md"))
            foreach (Match block in Block().Matches(File.ReadAllText(file)))
                foreach (var line in block.Groups["lines"].Value.Split('\n').Where(l => !l.StartsWith('#')))
                {
                    Assert.DoesNotMatch("{(recipient|domain|connector|server)}", line);
                    Assert.DoesNotMatch("<[a-z ]+>", Quoted().Replace(line.Split("# CHANGES")[0], ""));
                }
    }

    static bool Changes(string line)
    {
        var names = Start().Matches(line.Split(" # ")[0]).Select(m => m.Groups["name"].Value);
        return !line.StartsWith('#') && names.Any(name => ChangingVerbs.Any(verb => name.StartsWith(verb, StringComparison.Ordinal)));
    }

    [GeneratedRegex("(^|[|;({=]) *(?<name>[A-Za-z]+-?[A-Za-z]*)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Start();

    [GeneratedRegex("```powershell\n(?<lines>.*?)```", RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex Block();

    [GeneratedRegex("'[^'\n]*'|\"[^\"\n]*\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Quoted();
}
