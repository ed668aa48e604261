namespace Mailflow.Analysis.Failures.Rules;

/// <summary>The families of rules in the order in which they are tried.</summary>
static class AllRules
{
    public static IReadOnlyList<RuleFamily> Families { get; } =
    [
        new("Exchange's reasons", Strength.Token, ExchangeReasons.Rules),
        new("Exchange's replies", Strength.Text, ExchangeReplies.Rules),
        new("providers' codes", Strength.Text, ProviderCodes.Rules),
        new("providers", Strength.Text, ProviderRules.Rules),
        new("gateways", Strength.Text, GatewayRules.Rules),
        new("the server itself", Strength.Text, ServerRules.Rules),
        new("form", Strength.Text, ProtocolRules.Rules),
        new("wishes of recipients", Strength.Text, PolicyRules.Rules),
        new("senders", Strength.Text, SenderRules.Rules),
        new("accounts of a relay", Strength.Text, AccountRules.Rules),
        new("connecting hosts", Strength.Text, ClientRules.Rules),
        new("relaying", Strength.Text, RelayRules.Rules),
        new("recipients", Strength.Text, RecipientRules.Rules),
        new("rates", Strength.Text, RateRules.Rules),
        new("network", Strength.Text, NetworkRules.Rules),
        new("content", Strength.Text, ContentRules.Rules),
        new("other languages", Strength.Text, LanguageRules.Rules),
        new("words of any wording", Strength.VagueText, BroadRules.Rules),
        new("subjects", Strength.VagueText, TopicRules.Rules),
        new("vague words", Strength.VagueText, VagueRules.Rules),
    ];
}
