using System.Globalization;
using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Tracing;

/// <summary>Steps of a journey in plain words, without server and time.</summary>
public static class StepWords
{
    /// <param name="address">How an address is printed: as it is, or masked.</param>
    public static string Of(JourneyStep step, Func<string, string> address)
    {
        var row = step.First;
        return step.Kind switch
        {
            StepKind.Received => Received(step),
            StepKind.Submitted => step.Host.Length > 0 ? $"submitted from the mailbox to {step.Host}" : "submitted from the mailbox",
            StepKind.Resubmitted => row.Source switch
            {
                "SAFETYNET" => "resubmitted from Safety Net",
                "REDUNDANCY" => "resubmitted from a shadow copy, after another server failed",
                "AGENT" => "categorized again, as an agent asked",
                _ => "resubmitted",
            },
            StepKind.Loaded => "loaded from the queue database when the service started",
            StepKind.ReportMade => "made as a report about another message (DSN)",
            StepKind.Agents => step.Agents.Count > 0 ? $"agents: {string.Join(", ", step.Agents)}" : "agents",
            StepKind.Expanded => $"group {address(row.Related)} expanded to {Number(step.Recipients)}",
            StepKind.Redirected => Redirected(step, address),
            StepKind.Resolved => step.Rows == 1 && row.Recipients is [{ } only] && only.Address.Equals(row.Related, StringComparison.OrdinalIgnoreCase)
                ? $"{address(row.Related)} found in the directory"
                : step.Rows == 1 && row.Recipients.Count == 1
                ? $"{address(row.Related)} resolved to {address(row.Recipients[0].Address)}"
                : $"{Number(step.Recipients)} addresses resolved",
            StepKind.Replaced => "the copy of an address that was replaced ended: others get the message",
            StepKind.Forked => "moved to a copy of the message",
            StepKind.AwaitsApproval => "waits for a moderator",
            StepKind.Approved => "approved by a moderator",
            StepKind.Deferred => $"deferred{At(step)}{Why(step.Diagnosis)}{NextTry(step)}",
            StepKind.HandedOver => $"handed to {(step.Host.Length > 0 ? step.Host : "the delivery service of the same server")}",
            StepKind.Sent => $"sent to {Outside(step.Host)}{By(step.Connector)}",
            StepKind.Delivered => step.Recipients == 1 ? "delivered to the mailbox" : $"delivered to {Number(step.Recipients)} mailboxes",
            StepKind.DeliveredAgain => "a second copy reached a mailbox that had it",
            StepKind.Processed => "processed by an agent of the mailbox",
            StepKind.Failed => $"failed{At(step)}{Why(step.Diagnosis)}{Deciders(step)}",
            StepKind.Dropped => $"dropped{Deciders(step)}, without a report to the sender",
            StepKind.Shadow => "shadow copies",
            _ => row.Event,
        };
    }

    /// <summary>A cause in words, with its code: <c>mailbox full (552 5.2.2)</c>.</summary>
    public static string Cause(Diagnosis diagnosis)
    {
        var code = $"{diagnosis.Smtp} {diagnosis.Enhanced}".Trim();
        var name = diagnosis.Cause switch
        {
            Failures.Cause.Unknown => "unknown cause",
            Failures.Cause.DnsFailure => "DNS failure",
            Failures.Cause.TlsFailure => "TLS failure",
            var other => other.Name().Replace('-', ' '),
        };
        return code.Length > 0 ? $"{name} ({code})" : name;
    }

    /// <summary>The responsible side in words; empty where it is not known.</summary>
    public static string Side(Fault fault) => fault switch
    {
        Fault.Ours => "on our side",
        Fault.Theirs => "on the remote side",
        Fault.Sender => "for the sender to correct",
        Fault.Policy => "a policy",
        _ => "",
    };

    /// <summary>A host; Exchange Online is named.</summary>
    internal static string Outside(string host) =>
        host.Length == 0 ? "a server outside" : TrackedHop.IsExchangeOnline(host) ? $"Exchange Online ({host})" : host;

    internal static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    static string Received(JourneyStep step) => step.First.Source switch
    {
        "STOREDRIVER" => "received from the mailbox",
        "APPROVAL" => "released after the moderator's decision",
        "AGENT" => step.Agents.Count > 0 ? $"added by {string.Join(", ", step.Agents)}" : "added by an agent",
        "PICKUP" => "received from the Pickup folder",
        "DSN" => "made as a report about another message (DSN)",
        _ => step.Host.Length > 0 ? $"received from {Outside(step.Host)}{By(step.Connector)}" : $"received{By(step.Connector)}",
    };

    static string Redirected(JourneyStep step, Func<string, string> address)
    {
        var row = step.First;
        if (step.Rows > 1 || row.Recipients.Count != 1)
            return $"{Number(step.Recipients)} addresses redirected";
        var before = row.Recipients[0].Address;
        return before.Equals(row.Related, StringComparison.OrdinalIgnoreCase) ? $"{address(before)} keeps a copy"
            : row.Related.Length > 0 ? $"{address(before)} redirected to {address(row.Related)}"
            : $"{address(before)} redirected";
    }

    static string At(JourneyStep step) => step.Host.Length > 0 ? $" at {step.Host}" : "";

    static string By(string connector) => connector.Length > 0 ? $" by {connector}" : "";

    static string Why(Diagnosis? diagnosis) => diagnosis is null ? "" : $": {Cause(diagnosis)}";

    static string Deciders(JourneyStep step) => step.Agents.Count > 0 ? $" by {string.Join(" and ", step.Agents)}" : "";

    static string NextTry(JourneyStep step)
    {
        var times = step.Rows > 1 ? $", {Number(step.Rows)} times until {step.Until:HH:mm:ss}" : "";
        return step.NextTry is { } next ? string.Create(CultureInfo.InvariantCulture, $"{times}, next try {next:HH:mm:ss}") : times;
    }
}
