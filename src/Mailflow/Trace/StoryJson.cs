using Mailflow.Analysis.Tracing;
using Mailflow.Printing;
using Mailflow.Privacy;

namespace Mailflow.Trace;

/// <summary>The story, the steps and the time spent of one message, as members of its JSON object.</summary>
static class StoryJson
{
    public static void Write(MaskedJson json, Journey journey, TraceMask mask)
    {
        json.WriteString("story", mask.Said(address => string.Join(' ', JourneyStory.Of(journey, address))));
        json.WriteStartArray("steps");
        foreach (var step in journey.Steps)
        {
            json.WriteStartObject();
            json.WriteString("time", step.Time);
            json.WriteString("until", step.Until);
            json.WriteNumber("after_seconds", Math.Round(step.After.TotalSeconds, 3));
            json.WriteString("server", mask.Masking.Text(step.Server));
            json.WriteString("kind", Masked.Name(step.Kind));
            json.WriteString("host", mask.Masking.Text(step.Host));
            json.WriteString("text", mask.Said(address => StepWords.Of(step, address)));
            json.WriteNumber("recipients", step.Recipients);
            json.WriteNumber("rows", step.Rows);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("time_spent");
        json.WriteNumber("seconds", Math.Round(journey.TimeSpent.Total.TotalSeconds, 3));
        json.WriteStartArray("parts");
        foreach (var part in journey.TimeSpent.Parts)
        {
            json.WriteStartObject();
            json.WriteString("what", mask.Masking.Text(part.What));
            json.WriteString("server", mask.Masking.Text(part.Server));
            json.WriteNumber("seconds", Math.Round(part.Time.TotalSeconds, 3));
            json.WriteNumber("share", Math.Round(part.Share, 3));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
