using System.Text.Json;
using System.Text.Json.Serialization;
using Mailflow.Analysis.Incidents;

namespace Mailflow.Ledger;

/// <summary>The JSON format of incidents and signals in the store.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Incident))]
[JsonSerializable(typeof(Signal))]
sealed partial class IncidentJsonState : JsonSerializerContext
{
    public static string Write(Incident incident) => JsonSerializer.Serialize(incident, Default.Incident);

    public static string Write(Signal signal) => JsonSerializer.Serialize(signal, Default.Signal);

    /// <returns>Null where the text is damaged, or is from a version that knows more.</returns>
    public static Incident? ReadIncident(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, Default.Incident);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <returns>Null where the text is damaged, or is from a version that knows more.</returns>
    public static Signal? ReadSignal(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, Default.Signal);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
