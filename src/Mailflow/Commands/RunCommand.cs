using System.CommandLine;

namespace Mailflow.Commands;

static class RunCommand
{
    public static Command Make() => new("run", "");
}
