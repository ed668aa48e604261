using System.Reflection;

namespace Mailflow.Configuration;

/// <summary>The version of this program, as the page, the metrics and OTLP show it.</summary>
static class ProgramVersion
{
    public static string Text { get; } =
        Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            .Split('+') is [var version, ..] ? version : "0";
}
