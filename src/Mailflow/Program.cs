using System.CommandLine;
using Mailflow.Commands;

// Exit codes: 0 good, 1 the answer is bad news, 2 usage, 3 failure.
var root = new RootCommand("Reads the logs that Microsoft Exchange writes and tells why mail is not delivered and what to do about it.")
{
    RunCommand.Make(),
    ScanCommand.Make(),
    ExplainCommand.Make(),
    CheckCommand.Make(),
    DemoCommand.Make(),
    SimulateCommand.Make(),
};
// A status text may begin with a bracket.
root.Directives.Clear();
return await Invocation.RunAsync(root, args);
