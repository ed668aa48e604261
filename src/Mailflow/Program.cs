using System.CommandLine;
using Mailflow.Commands;
using Microsoft.Extensions.Hosting.WindowsServices;

// Exit codes: 0 good, 1 the answer is bad news, 2 usage, 3 failure.
// A Windows service starts in System32: a relative path of its settings must not mean that.
if (WindowsServiceHelpers.IsWindowsService())
    Directory.SetCurrentDirectory(AppContext.BaseDirectory);
var root = new RootCommand("Reads Microsoft Exchange logs and shows why mail is not delivered and what to do about it.")
{
    RunCommand.Make(),
    ScanCommand.Make(),
    ExplainCommand.Make(),
    TraceCommand.Make(),
    IncidentsCommand.Make(),
    TopCommand.Make(),
    ReportCommand.Make(),
    BackfillCommand.Make(),
    CheckCommand.Make(),
    NotifyCommand.Make(),
    DemoCommand.Make(),
    RulesCommand.Make(),
    SimulateCommand.Make(),
    CompletionCommand.Make(),
};
// A status text may begin with a bracket.
root.Directives.Clear();
if (CompletionCommand.IsAsked(args))
    return CompletionCommand.Answer(root, args);
return await Invocation.RunAsync(root, args);
