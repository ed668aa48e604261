using System.CommandLine;
using Mailflow.Analysis.Advising;
using Command = System.CommandLine.Command;

namespace Mailflow.Commands;

/// <summary>The options of <c>explain</c> that give values for commands. A value that cannot be filled in is a usage error.</summary>
sealed class ValueOptions
{
    readonly Option<string> _sender = Of("--sender", "sender", "The sender's address.", "address");
    readonly Option<string> _recipient = Of("--recipient", "recipient", "The recipient's address. Default: the one in the text.", "address");
    readonly Option<string> _domain = Of("--domain", "recipient_domain", "The recipient's domain. Default: the domain of the recipient.", "domain");
    readonly Option<string> _connector = Of("--connector", "connector", "The send connector that the message took.", "name");
    readonly Option<string> _server = Of("--server", "server", "The Exchange server that reported the failure.", "host");
    readonly Option<string> _nextHop = Of("--next-hop", "next_hop", "The next hop of the queue.", "name");
    readonly Option<string> _smartHost = Of("--smart-host", "smart_host", "The smart host of your connector. It is never taken from a text.", "host");
    readonly Option<string> _messageId = Of("--message-id", "message_id", "The Message-ID: <...@...>.", "id");

    public void AddTo(Command command)
    {
        foreach (var option in (Option<string>[])[_sender, _recipient, _domain, _connector, _server, _nextHop, _smartHost, _messageId])
            command.Add(option);
    }

    public AdviceValues Of(ParseResult parsed) => new()
    {
        Sender = parsed.GetValue(_sender),
        Recipient = parsed.GetValue(_recipient),
        RecipientDomain = parsed.GetValue(_domain),
        Connector = parsed.GetValue(_connector),
        Server = parsed.GetValue(_server),
        NextHop = parsed.GetValue(_nextHop),
        SmartHost = parsed.GetValue(_smartHost),
        MessageId = parsed.GetValue(_messageId),
    };

    static Option<string> Of(string name, string placeholder, string description, string help)
    {
        var known = Placeholder.All.Single(p => p.Name == placeholder);
        var option = new Option<string>(name) { Description = description + " For the commands.", HelpName = help };
        option.Validators.Add(r =>
        {
            if (r.Tokens is [var token] && known.Fault(token.Value) is { } fault)
                r.AddError($"{name} '{token.Value}': {fault}. Without the option, commands show '<{placeholder}>' instead.");
        });
        return option;
    }
}
