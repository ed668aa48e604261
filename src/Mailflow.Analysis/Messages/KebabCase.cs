using System.Text.Json;

namespace Mailflow.Analysis.Messages;

/// <summary>The names of an enum's members as labels, events and the store have them: <c>TooFewColumns</c> is <c>too-few-columns</c>.</summary>
static class KebabCase
{
    /// <summary>In the order of the values, which start at 0 and have no gaps.</summary>
    public static string[] NamesOf<T>()
        where T : struct, Enum => [.. Enum.GetNames<T>().Select(JsonNamingPolicy.KebabCaseLower.ConvertName)];
}
