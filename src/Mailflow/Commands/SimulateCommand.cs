using System.CommandLine;

namespace Mailflow.Commands;

static class SimulateCommand
{
    public static Command Make() => new("simulate", "");
}
