using System.Diagnostics;

namespace Mailflow.EndToEnd;

/// <summary>Completion, asked as the shells ask.</summary>
public sealed class CompletionTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-completion-").FullName;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("mailflow sc", "scan")]
    [InlineData("mailflow scan --for", "--format")]
    [InlineData("mailflow scan --format ", "csv json text")]
    [InlineData("mailflow completion ", "bash fish pwsh zsh")]
    [InlineData("mailflow nothing-like-this", "")]
    public async Task Bash_completes(string line, string expected)
    {
        var program = Path.Combine(_folder, "mailflow");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "mailflow.dll")}' \"$@\"\n", Cancel);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var words = line.Split(' ');
        // As bash does at a press of Tab.
        var (code, output) = await BashAsync($$"""
            PATH="{{_folder}}:$PATH"
            source <(mailflow completion bash)
            COMP_LINE='{{line}}' COMP_POINT={{line.Length}} COMP_CWORD={{words.Length - 1}}
            COMP_WORDS=({{string.Join(' ', words.Select(w => $"'{w}'"))}})
            _mailflow mailflow
            printf '%s\n' "${COMPREPLY[@]}" | sort
            complete -p mailflow >&2
            """);
        Assert.Equal(0, code);
        Assert.Equal(expected, string.Join(' ', output.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Theory]
    [InlineData("zsh", "compdef _mailflow mailflow")]
    [InlineData("pwsh", "Register-ArgumentCompleter -Native -CommandName mailflow")]
    [InlineData("fish", "complete -c mailflow")]
    public async Task Other_shells_get_their_script(string shell, string has)
    {
        using var program = new RunningProgram("completion", shell);
        Assert.Equal(0, await program.ExitAsync(Cancel));
        Assert.Contains(has, program.Output, StringComparison.Ordinal);
    }

    async Task<(int Code, string Output)> BashAsync(string script)
    {
        using var bash = Process.Start(new ProcessStartInfo("bash", ["--norc", "-c", script])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = _folder,
        })!;
        var output = await bash.StandardOutput.ReadToEndAsync(Cancel);
        await bash.WaitForExitAsync(Cancel);
        return (bash.ExitCode, output);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
