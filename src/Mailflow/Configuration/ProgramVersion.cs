using System.Reflection;

namespace Mailflow.Configuration;

static class ProgramVersion
{
    /// <summary>The version of this program, without the commit that it was built from.</summary>
    public static string Text { get; } =
        Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+') is [var version, ..]
            ? version : "0";
}
