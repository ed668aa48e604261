using System.CommandLine;
using System.Globalization;

namespace Mailflow.Commands;

/// <summary><c>completion SHELL</c>: prints a script with which the shell completes commands, options and their values.</summary>
static class CompletionCommand
{
    /// <summary>The scripts call the program with the cursor position and the line: <c>mailflow "[suggest:12]" "mailflow sc"</c>.</summary>
    const string Suggest = "[suggest:";

    static readonly (string Shell, string Script)[] Scripts =
    [
        ("bash", """
            # Completion of mailflow in bash. In ~/.bashrc: source <(mailflow completion bash)
            _mailflow() {
              local word=${COMP_WORDS[COMP_CWORD]} IFS=$'\n'
              COMPREPLY=($(compgen -W "$("$1" "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "$word"))
            }
            complete -o default -F _mailflow mailflow
            """),
        ("zsh", """
            # Completion of mailflow in zsh. In ~/.zshrc, after compinit: source <(mailflow completion zsh)
            _mailflow() {
              local -a words_found
              words_found=("${(@f)$(mailflow "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
              compadd -a words_found || _files
            }
            compdef _mailflow mailflow
            """),
        ("pwsh", """
            # Completion of mailflow in PowerShell. In $PROFILE: mailflow completion pwsh | Out-String | Invoke-Expression
            Register-ArgumentCompleter -Native -CommandName mailflow -ScriptBlock {
                param($word, $line, $cursor)
                mailflow "[suggest:$cursor]" "$line" 2>$null | Where-Object { $_ -like "$word*" } | ForEach-Object {
                    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
                }
            }
            """),
        ("fish", """
            # Completion of mailflow in fish. In ~/.config/fish/config.fish: mailflow completion fish | source
            complete -c mailflow -a '(mailflow "[suggest:"(commandline -C)"]" (commandline -cp) 2>/dev/null)'
            """),
    ];

    public static Command Make()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh, pwsh or fish.", HelpName = "SHELL" };
        shell.CompletionSources.Add([.. Scripts.Select(s => s.Shell)]);
        shell.Validators.Add(r =>
        {
            if (!Scripts.Any(s => s.Shell == r.Tokens[0].Value))
                r.AddError($"{r.Tokens[0].Value}: expected bash, zsh, pwsh or fish.");
        });
        var command = new Command("completion", "Print the script that completes commands and options in a shell; its first line says where to put it.")
        {
            shell,
        };
        command.SetAction(parsed => Console.Out.WriteLine(Scripts.Single(s => s.Shell == parsed.GetValue(shell)).Script));
        return command;
    }

    /// <summary>Whether one of the scripts called the program.</summary>
    public static bool IsAsked(string[] args) => args.Length > 0 && args[0].StartsWith(Suggest, StringComparison.Ordinal) && args[0].EndsWith(']');

    /// <summary>Prints the possible words at the cursor, one per line.</summary>
    /// <param name="root">All commands.</param>
    /// <param name="args"><c>[suggest:POSITION]</c> and the line.</param>
    public static int Answer(RootCommand root, string[] args)
    {
        var digits = args[0].AsSpan(Suggest.Length, args[0].Length - Suggest.Length - 1);
        if (int.TryParse(digits, CultureInfo.InvariantCulture, out var position) && args.Length > 1)
        {
            var line = args[1];
            // The line begins with the program's name or path, which the parser does not expect.
            var name = line.IndexOf(' ', StringComparison.Ordinal);
            var (rest, cursor) = name < 0 ? ("", 0) : (line[(name + 1)..], Math.Max(0, Math.Min(position, line.Length) - name - 1));
            // Only options if the word begins with a dash, else only commands and values.
            var isOption = rest[..Math.Min(cursor, rest.Length)].Split(' ')[^1].StartsWith('-');
            foreach (var item in root.Parse(rest).GetCompletions(cursor).Select(c => c.InsertText ?? c.Label))
                if (isOption ? item.StartsWith('-') : item[0] is not ('-' or '/'))
                    Console.Out.WriteLine(item);
        }

        return ExitCode.Good;
    }
}
