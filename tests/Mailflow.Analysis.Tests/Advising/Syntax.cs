using System.Management.Automation.Language;

namespace Mailflow.Analysis.Tests.Advising;

/// <summary>Commands as PowerShell reads them.</summary>
static class Syntax
{
    public static string[] Errors(string command)
    {
        Parser.ParseInput(command, out _, out var errors);
        return [.. errors.Select(e => $"{e.Message} In: {command}")];
    }

    /// <summary>All nodes of the tree, in the order of the text.</summary>
    public static List<Ast> Nodes(string command) => [.. Parser.ParseInput(command, out _, out _).FindAll(_ => true, true)];

    /// <summary>The number of arguments without a parameter name. A word after a parameter is taken as its value.</summary>
    public static int Positional(CommandAst command)
    {
        var count = 0;
        var isValue = false;
        foreach (var element in command.CommandElements.Skip(1))
        {
            count += element is CommandParameterAst || isValue ? 0 : 1;
            isValue = element is CommandParameterAst { Argument: null };
        }

        return count;
    }
}
