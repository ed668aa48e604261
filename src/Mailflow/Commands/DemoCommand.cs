using System.CommandLine;

namespace Mailflow.Commands;

static class DemoCommand
{
    public static Command Make() => new("demo", "");
}
