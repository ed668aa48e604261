using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Mailflow.Configuration;
using Mailflow.Privacy;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Mailflow.Web;

/// <summary>The API, and its description at /openapi/v1.json.</summary>
static class ApiDocument
{
    const string Problem = "application/problem+json";

    /// <summary>What the values of the answers are.</summary>
    static readonly Dictionary<string, string> Meanings = new(StringComparer.Ordinal)
    {
        ["messages"] = "The messages; the one with the newest row that matches is first.",
        ["more"] = "Whether older messages match too. The Link header has their address.",
        ["remarks"] = "What is of interest although everything was searched, each in a sentence.",
        ["incomplete"] = "What could not be searched, each in a sentence.",
        ["message_id"] = "The Message-ID header.",
        ["network_message_id"] = "Exchange's id of the message, the same on all servers; empty before Exchange 2013.",
        ["sender"] = "The sender, masked unless it was searched for or Web:ShowAddresses is true.",
        ["address"] = "The recipient, masked unless it was searched for or Web:ShowAddresses is true.",
        ["first"] = "The time of the first row, UTC.",
        ["last"] = "The time of the last row, UTC.",
        ["size"] = "Bytes.",
        ["servers"] = "The servers that wrote rows.",
        ["outcome"] = "The outcome for this recipient.",
        ["at"] = "The time of the row that decides.",
        ["latency_seconds"] = "From the first row to the row that decides.",
        ["next_hop"] = "The server that it was handed to.",
        ["reply"] = "The reply of that server, or the state of the queue.",
        ["became"] = "For a replaced address, the addresses that it became.",
        ["unknown"] = "What the rows do not say, each in a sentence.",
        ["story"] = "The message in a few sentences; with rows or for one message.",
        ["steps"] = "The steps of the message in the order of time; with rows or for one message.",
        ["time_spent"] = "Where the time went; with rows or for one message.",
        ["next_try"] = "For a deferred recipient, when Exchange tries again.",
        ["by"] = "For a dropped recipient, the agent or rule that dropped it.",
        ["after_seconds"] = "Since the step before.",
        ["until"] = "The time of the last row of the step.",
        ["what"] = "The component of Exchange, in words.",
        ["share"] = "Of the whole time, 0 to 1.",
        ["file"] = "The log file.",
        ["offset"] = "The first byte of the row in the file.",
        ["bytes_read"] = "Bytes that were read of the files.",
        ["incidents"] = "The incidents: open ones, then those that ended last.",
        ["title"] = "What it is, in one line.",
        ["first_failure"] = "The first failure, or when silence or slowness began.",
        ["opened"] = "When there was enough evidence, in the time of the logs.",
        ["last_failure"] = "The last failure.",
        ["closed"] = "When it ended; null while it is open.",
        ["verified"] = "How the end is known: delivered, quiet, signal-ended; no while it is open.",
        ["step_seconds"] = "The length of a step; longer than asked for where only hours are kept.",
        ["known_since"] = "The start of the oldest step that there is; null: there is no history yet.",
        ["connectors"] = "The connectors that rows of the range name.",
        ["points"] = "One for each step, the oldest first; also steps without mail.",
        ["start"] = "The start of the step, UTC.",
        ["delivered"] = "Recipients whose message was put into a mailbox.",
        ["sent"] = "Recipients whose message left the organisation.",
        ["failed"] = "Recipients who will not get the message.",
        ["deferred"] = "How often delivery to a recipient was deferred.",
        ["queue_depth"] = "The most messages in all queues; null where no export says it.",
        ["count"] = "Recipients.",
        ["detail"] = "What was found, what was expected and what to do.",
    };

    static readonly Type[] Answers =
        [typeof(MessagesAnswer), typeof(MessageAnswer), typeof(RecipientAnswer), typeof(StepAnswer), typeof(TimeSpentAnswer),
        typeof(TimePartAnswer), typeof(RowAnswer), typeof(SearchedAnswer), typeof(ProblemAnswer),
        typeof(IncidentsAnswer), typeof(IncidentAnswer), typeof(IncidentPlaceAnswer),
        typeof(IncidentStepAnswer), typeof(HistoryAnswer), typeof(HistoryPointAnswer), typeof(HistoryCountAnswer)];

    public static void Add(IServiceCollection services)
    {
        // The document has the names and the numbers of the answers.
        services.ConfigureHttpJsonOptions(o =>
        {
            o.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            o.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            o.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
            o.SerializerOptions.TypeInfoResolverChain.Insert(1, PageJson.Default);
        });
        services.AddOpenApi("v1", o =>
        {
            o.ShouldInclude = d => d.HttpMethod == "GET" && d.RelativePath?.StartsWith("api/", StringComparison.Ordinal) == true;
            o.AddSchemaTransformer((schema, context, _) =>
            {
                Describe(schema, context);
                return Task.CompletedTask;
            });
            o.AddOperationTransformer((operation, context, _) =>
            {
                Describe(operation, context.Description.RelativePath ?? "");
                return Task.CompletedTask;
            });
            o.AddDocumentTransformer((document, _, _) =>
            {
                document.Info = new()
                {
                    Title = "Mailflow",
                    Version = ProgramVersion.Text,
                    Description = "Read-only. Times are UTC. Addresses that were not searched for are masked, unless Web:ShowAddresses is true.",
                };
                document.Servers = [];
                return Task.CompletedTask;
            });
        });
    }

    public static void Map(WebApplication app, string[] methods)
    {
        app.MapMethods(IncidentApi.List, methods, IncidentApi.ListAsync)
            .Produces<IncidentsAnswer>(200, "application/json").Produces<ProblemAnswer>(400, Problem);
        app.MapMethods(HistoryApi.List, methods, HistoryApi.ListAsync)
            .Produces<HistoryAnswer>(200, "application/json").Produces<ProblemAnswer>(400, Problem)
            .Produces<ProblemAnswer>(503, Problem);
        app.MapMethods(MessageApi.List, methods, MessageApi.ListAsync)
            .Produces<MessagesAnswer>(200, "application/json").Produces<ProblemAnswer>(400, Problem).Produces<ProblemAnswer>(503, Problem);
        app.MapMethods(MessageApi.List + "/{id}", methods, MessageApi.OneAsync)
            .Produces<MessagesAnswer>(200, "application/json").Produces<ProblemAnswer>(400, Problem).Produces<ProblemAnswer>(404, Problem)
            .Produces<ProblemAnswer>(503, Problem);
        app.MapOpenApi("/openapi/{documentName}.json").WithMetadata(new HttpMethodMetadata(methods));
    }

    static void Describe(OpenApiSchema schema, OpenApiSchemaTransformerContext context)
    {
        if (context.JsonTypeInfo.Type == typeof(Masked) || context.JsonTypeInfo.Type == typeof(Masked?))
            schema.Type = context.JsonTypeInfo.Type == typeof(Masked) ? JsonSchemaType.String : JsonSchemaType.String | JsonSchemaType.Null;
        if (context.JsonTypeInfo.Type.IsEnum && schema.Type is null)
            schema.Type = JsonSchemaType.String;
        if (context.JsonTypeInfo.ElementType == typeof(Masked))
            schema.Items = new OpenApiSchema { Type = JsonSchemaType.String };
        if (context.JsonPropertyInfo is not { } property)
            return;
        if (Answers.Contains(property.DeclaringType) && Meanings.TryGetValue(property.Name, out var says))
            schema.Description = says;
        if (property.Name == "outcome")
            schema.Enum = [.. Outcomes.Names.Select(n => (JsonNode)n)];
    }

    static void Describe(OpenApiOperation operation, string path)
    {
        operation.Tags = null;
        switch (path)
        {
            case "api/v1/messages":
                operation.Summary = "Find messages in the tracking logs";
                operation.OperationId = "findMessages";
                operation.Description = "All conditions must hold for one row; then all rows of its message are read. At least one condition is needed.";
                operation.Parameters = [.. ApiParameters.List.Select(Parameter)];
                break;
            case "api/v1/incidents":
                operation.Summary = "Open incidents, and those that ended last";
                operation.OperationId = "findIncidents";
                operation.Parameters = [.. IncidentApi.Parameters.Select(Parameter)];
                break;
            case "api/v1/history":
                operation.Summary = "Outcomes, failures by cause, delivery times and queues over time";
                operation.OperationId = "getHistory";
                operation.Parameters = [.. HistoryQuery.Parameters.Select(Parameter)];
                break;
            case "api/v1/messages/{id}":
                operation.Summary = "One message with its rows; two where they have the same Message-ID";
                operation.OperationId = "getMessage";
                operation.Parameters =
                [
                    new OpenApiParameter
                    {
                        Name = "id", In = ParameterLocation.Path, Required = true, Description = "A network message id or a Message-ID.",
                        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                    },
                ];
                break;
            default:
                operation.Summary = "The figures of the page";
                operation.OperationId = "getStatus";
                operation.Parameters = [Parameter(new("window", "The time range; 1h if it is left out.", [.. Window.All.Select(w => w.Name)]))];
                break;
        }
    }

    static IOpenApiParameter Parameter(ApiParameter parameter) => new OpenApiParameter
    {
        Name = parameter.Name,
        In = ParameterLocation.Query,
        Description = parameter.Says,
        Schema = new OpenApiSchema
        {
            Type = parameter.Most is null ? JsonSchemaType.String : JsonSchemaType.Integer,
            Minimum = parameter.Most is null ? null : "1",
            Maximum = parameter.Most?.ToString(System.Globalization.CultureInfo.InvariantCulture),
            Enum = parameter.Allowed is { } words ? [.. words.Select(w => (JsonNode)w)] : null,
        },
    };
}
