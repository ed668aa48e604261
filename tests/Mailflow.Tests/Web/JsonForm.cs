using System.Text.Json;

namespace Mailflow.Tests.Web;

/// <summary>
/// Compares JSON with a schema of an OpenAPI document: types, properties, items, enumerations. A property that the schema does not have is a fault.
/// </summary>
static class JsonForm
{
    public static void Check(JsonElement document, JsonElement schema, JsonElement value, string path, List<string> faults)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            Check(document, document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]), value, path, faults);
            return;
        }

        if (schema.TryGetProperty("oneOf", out var several))
        {
            var all = several.EnumerateArray().Select(one =>
            {
                var own = new List<string>();
                Check(document, one, value, path, own);
                return own;
            }).ToList();
            if (all.TrueForAll(f => f.Count > 0))
                faults.AddRange(all.MaxBy(f => f.Count)!);
            return;
        }

        if (!schema.TryGetProperty("type", out var type))
        {
            faults.Add($"{path}: the schema has no type");
            return;
        }

        var types = type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(t => t.GetString()).ToList() : [type.GetString()];
        var kind = value.ValueKind switch
        {
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            JsonValueKind.Null => "null",
            _ => value.TryGetInt64(out _) ? "integer" : "number",
        };
        if (!types.Contains(kind) && !(kind == "integer" && types.Contains("number")))
            faults.Add($"{path} is {kind}, the schema says {string.Join(" or ", types)}");
        if (kind == "string" && schema.TryGetProperty("enum", out var allowed) && !allowed.EnumerateArray().Any(a => a.GetString() == value.GetString()))
            faults.Add($"{path} is {value}: not one of the schema");
        if (kind == "array")
            foreach (var item in value.EnumerateArray())
                Check(document, schema.GetProperty("items"), item, path + "[]", faults);
        if (kind == "object")
            Members(document, schema, value, path, faults);
    }

    static void Members(JsonElement document, JsonElement schema, JsonElement value, string path, List<string> faults)
    {
        if (schema.TryGetProperty("required", out var required))
            faults.AddRange(required.EnumerateArray().Where(r => !value.TryGetProperty(r.GetString()!, out _)).Select(r => $"{path}.{r} is missing"));
        var members = schema.TryGetProperty("properties", out var own) ? own : default;
        foreach (var member in value.EnumerateObject())
            if (members.ValueKind == JsonValueKind.Object && members.TryGetProperty(member.Name, out var form))
                Check(document, form, member.Value, $"{path}.{member.Name}", faults);
            else if (schema.TryGetProperty("additionalProperties", out var any))
                Check(document, any, member.Value, $"{path}.*", faults);
            else
                faults.Add($"{path}.{member.Name} is not in the schema");
    }
}
